using System.Buffers.Binary;
using Forebay.Storage;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// An instance over a temporary directory with one relation whose pages say which block and version they are.
/// </summary>
public sealed class PoolScenario : IDisposable
{
    private static readonly RelationLocator s_locator = new(1663, 5, 16_384);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("forebay-pool-");

    public PoolScenario(
        string method, bool direct, int relationPages, int poolPages = 64, Action<ForebayOptionsDraft>? change = null)
    {
        ForebayOptionsDraft draft = new() { PoolPages = poolPages };
        change?.Invoke(draft);
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "base", "5"));
        Instance = ForebayInstance.Open(_directory.FullName, draft.ToOptions(method, direct));
        Fork = Instance.Relation(s_locator).Main;
        WritePages(relationPages);
    }

    public ForebayInstance Instance { get; }

    public RelationFork Fork { get; }

    /// <summary>The fork as the instance knows it now, after it was forgotten.</summary>
    public RelationFork Again() => Instance.Relation(s_locator).Main;

    public string FilePath => Path.Combine(_directory.FullName, "base", "5", "16384");

    /// <summary>Methods that conformance runs over, each buffered and direct.</summary>
    public static TheoryData<string, bool> Methods
    {
        get
        {
            TheoryData<string, bool> data = [];
            foreach (MethodAvailability found in MethodAvailability.Probe())
            {
                if (!found.IsAvailable)
                    continue;
                data.Add(ForebayNames.Of(found.Method), false);
                data.Add(ForebayNames.Of(found.Method), true);
            }

            return data;
        }
    }

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

    public static uint VersionOnDisk(string path, uint block)
    {
        using FileStream file = File.OpenRead(path);
        byte[] page = new byte[8192];
        file.Position = block * 8192L;
        file.ReadExactly(page);
        return Expect(page, block);
    }

    public void WritePages(int pages, uint version = 1)
    {
        int segmentBlocks = Instance.Options.SegmentBlocks;
        byte[] page = new byte[8192];
        for (int segment = 0; segment == 0 || (long)segment * segmentBlocks < pages; segment++)
        {
            using FileStream file = File.Create(segment == 0 ? FilePath : $"{FilePath}.{segment}");
            int end = (int)Math.Min(pages, (segment + 1L) * segmentBlocks);
            for (int block = segment * segmentBlocks; block < end; block++)
            {
                Stamp(page, (uint)block, version);
                file.Write(page);
            }
        }
    }

    public void Dispose()
    {
        Instance.Dispose();
        _directory.Delete(recursive: true);
    }
}
