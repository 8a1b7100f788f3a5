using System.Buffers.Binary;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Tests.Storage;

/// <summary>
/// Many more relations than files may be open: each is found, opened, read through pool and stream, and makes room for
/// the next. Empty files among them. With FOREBAY_STRESS the full hundred thousand.
/// </summary>
public sealed class ManyFilesTests : IDisposable
{
    private const int OpenFilesMax = 256;
    private const int FoldersOf = 1000;
    private const int PageBytes = 8192;

    private static readonly int s_files = Stress.Factor > 1 ? 100_000 : 10_000;

    private readonly string _folder;

    public ManyFilesTests()
    {
        const string SharedMemory = "/dev/shm";
        string root = Directory.Exists(SharedMemory) ? SharedMemory : Path.GetTempPath();
        _folder = Path.Combine(root, "forebay-many-" + Guid.NewGuid().ToString("N"));
        byte[] page = new byte[PageBytes];
        for (int database = 0; database * FoldersOf < s_files; database++)
            Directory.CreateDirectory(Path.Combine(_folder, "base", (database + 1).ToString()));
        for (int file = 0; file < s_files; file++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(page, file);
            RelationLocator locator = LocatorOf(file);
            string path = Path.Combine(_folder, $"base/{locator.Database}/{locator.Relation}");
            File.WriteAllBytes(path, IsEmpty(file) ? [] : page);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public void Scan_ManyMoreFilesThanMayBeOpen_ReadsEachAndKeepsNoMoreOpen(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here.");
        using (ForebayInstance instance = ForebayInstance.Open(_folder, new ForebayOptions
        {
            IoMethod = method,
            MaxOpenFiles = OpenFilesMax,
            BufferPoolBytes = 512 * PageBytes,
            ReadOnly = true,
        }))
        {
            using ForebaySession session = instance.OpenSession();
            for (int file = 0; file < s_files; file++)
            {
                RelationFork fork = instance.Relation(LocatorOf(file)).Main;
                Scan(session, fork, file);
                if (file % 997 == 0)
                    Assert.InRange(OpenDescriptors(), 1, OpenFilesMax);
            }

            Assert.Equal(OpenFilesMax, instance.Storage.Files.InUse);
            for (int file = 0; file < s_files; file += 7) // opened again, most of them, and still the same files
                Scan(session, instance.Relation(LocatorOf(file)).Main, file);
            Assert.Equal(OpenFilesMax, OpenDescriptors());
        }

        Assert.Equal(0, OpenDescriptors());
    }

    [Fact]
    public void Forget_EachFileAfterItsScan_NothingOfItStays()
    {
        using ForebayInstance instance = ForebayInstance.Open(_folder, new ForebayOptions
        {
            IoMethod = IoMethod.Sync,
            MaxOpenFiles = OpenFilesMax,
            BufferPoolBytes = 512 * PageBytes,
            ReadOnly = true,
        });
        using ForebaySession session = instance.OpenSession();
        for (int file = 0; file < s_files; file++)
        {
            RelationFork fork = instance.Relation(LocatorOf(file)).Main;
            Scan(session, fork, file);
            session.Forget(fork);
        }

        Assert.Equal(0, instance.Storage.Files.InUse);
        Assert.Equal(0, instance.Storage.ForksKnown);
        Assert.Equal(0, OpenDescriptors());
    }

    private static void Scan(ForebaySession session, RelationFork fork, int file)
    {
        using ReadStream stream = session.OpenReadStream(fork, BlockRange.All);
        if (!IsEmpty(file))
        {
            Assert.True(stream.TryNext(out PinnedPage page));
            using (page)
                Assert.Equal(file, BinaryPrimitives.ReadInt32LittleEndian(page.Span));
        }

        Assert.False(stream.TryNext(out _));
    }

    private static bool IsEmpty(int file) => file % 10 == 3;

    private static RelationLocator LocatorOf(int file) =>
        new(RelationLocator.DefaultTablespace, (uint)((file / FoldersOf) + 1), (uint)(16_384 + file));

    private int OpenDescriptors() => new DirectoryInfo("/proc/self/fd").EnumerateFiles().Count(
        link => link.LinkTarget?.StartsWith(_folder, StringComparison.Ordinal) == true);
}
