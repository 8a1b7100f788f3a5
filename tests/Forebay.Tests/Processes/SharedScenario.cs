using System.Buffers.Binary;
using Forebay.Buffers;
using Forebay.SharingHost;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>A data directory with one relation, and instances over it that share one name.</summary>
internal sealed class SharedScenario : IDisposable
{
    public const string Name = "test";

    private static readonly RelationLocator s_locator = new(1663, 5, 16_384);
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("forebay-shared-");

    public SharedScenario(int pages = 64, int segmentBlocks = 131_072)
    {
        Directory.CreateDirectory(Path.Combine(_data.FullName, "base", "5"));
        byte[] page = new byte[8192];
        for (int block = 0; block < pages; block++)
        {
            int segment = block / segmentBlocks;
            using FileStream file = File.Open(segment == 0 ? FilePath : $"{FilePath}.{segment}", FileMode.Append);
            Stamp(page, (uint)block, 1);
            file.Write(page);
        }
    }

    public SharedFolder Folder { get; } = new();

    public string DataDirectory => _data.FullName;

    public string FilePath => Path.Combine(_data.FullName, "base", "5", "16384");

    public ForebayOptions Options(IoMethod method = IoMethod.Sync, int poolPages = 64) => new()
    {
        Sharing = Folder.Named(Name),
        BufferPoolBytes = poolPages * 8192L,
        IoMethod = method,
        MaxSessions = 16,
        IoMaxConcurrency = 8,
        IoMinWorkers = 1,
        IoMaxWorkers = 4,
    };

    public ForebayInstance Open(ForebayOptions? options = null) =>
        ForebayInstance.Open(DataDirectory, options ?? Options());

    public static RelationFork Fork(ForebayInstance instance) => instance.Relation(s_locator).Main;

    public static void Stamp(Span<byte> page, uint block, uint version)
    {
        for (int at = 0; at + 8 <= page.Length; at += 512)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(page[at..], block);
            BinaryPrimitives.WriteUInt32LittleEndian(page[(at + 4)..], version);
        }
    }

    /// <summary>The page's version; fails if any part of it says another block or version.</summary>
    public static uint Expect(ReadOnlySpan<byte> page, uint block)
    {
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(page[4..]);
        for (int at = 0; at + 8 <= page.Length; at += 512)
        {
            Assert.Equal(block, BinaryPrimitives.ReadUInt32LittleEndian(page[at..]));
            Assert.Equal(version, BinaryPrimitives.ReadUInt32LittleEndian(page[(at + 4)..]));
        }

        return version;
    }

    public static uint Read(ForebaySession session, uint block)
    {
        using PinnedPage page = session.Read(Fork(session.Instance), block);
        using LockedPage locked = page.Lock(ContentLockMode.Shared);
        return Expect(page.Span, block);
    }

    /// <summary>Reads a page that must be what the book says, which is looked at while it is locked.</summary>
    public static void Read(ForebaySession session, uint block, VersionBook book)
    {
        using PinnedPage page = session.Read(Fork(session.Instance), block);
        using LockedPage locked = page.Lock(ContentLockMode.Shared);
        Assert.Equal(book[block], Expect(page.Span, block));
    }

    /// <summary>Changes a page that must be what the book says.</summary>
    public static void Change(ForebaySession session, uint block, VersionBook book)
    {
        using PinnedPage page = session.Read(Fork(session.Instance), block);
        using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
        uint version = book[block];
        Assert.Equal(version, Expect(locked.Contents, block));
        Stamp(locked.Contents, block, version + 1);
        locked.MarkDirty();
        book[block] = version + 1;
    }

    public static void Change(ForebaySession session, uint block, uint version)
    {
        using PinnedPage page = session.Read(Fork(session.Instance), block);
        using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
        Stamp(locked.Contents, block, version);
        locked.MarkDirty();
    }

    public void Dispose()
    {
        Folder.Dispose();
        _data.Delete(recursive: true);
    }
}
