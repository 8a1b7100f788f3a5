using System.Globalization;
using Forebay.Storage;
using Forebay.Tool.Output;

namespace Forebay.Tool.Benchmarks;

/// <summary>The relation that is read, and what every page of it has to be.</summary>
internal sealed class BenchRelation
{
    /// <summary>Blocks per segment file unless an instance has others; as PostgreSQL has them.</summary>
    public const int SegmentBlocks = 131_072;

    private const int ChunkPages = 512;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int FileTooLarge = 27;

    private readonly ulong[] _hashes;

    private BenchRelation(BenchFolder folder, uint blocks)
    {
        Folder = folder.Path;
        Locator = folder.Locator;
        SegmentFileBlocks = folder.SegmentBlocks;
        Blocks = blocks;
        _hashes = new ulong[blocks];
    }

    /// <summary>Which relation it is.</summary>
    public RelationLocator Locator { get; }

    /// <summary>The data directory.</summary>
    public string Folder { get; }

    /// <summary>Blocks per segment file.</summary>
    public int SegmentFileBlocks { get; }

    /// <summary>Blocks.</summary>
    public uint Blocks { get; }

    /// <summary>Makes the relation: large writes one after another, durable when it returns.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="sizeBytes">Its size, rounded down to pages.</param>
    /// <param name="seed">What the contents are drawn from.</param>
    /// <param name="onProgress">Hears of the share that has been written.</param>
    /// <param name="interruption">Ends it early.</param>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static BenchRelation Create(
        BenchFolder folder, long sizeBytes, int seed, Action<double> onProgress, CancellationToken interruption)
    {
        BenchRelation relation = new(folder, checked((uint)(sizeBytes / BenchPages.PageBytes)));
        string path = Path.Combine(
            folder.Path, "base", Text(folder.Locator.Database), Text(folder.Locator.Relation));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            for (uint first = 0; first < relation.Blocks; first += (uint)relation.SegmentFileBlocks)
            {
                string segment = first == 0 ? path : $"{path}.{first / (uint)relation.SegmentFileBlocks}";
                relation.WriteSegment(segment, first, (ulong)seed, onProgress, interruption);
            }

            return relation;
        }
        catch (IOException failure) when (failure.HResult is NoSpace or QuotaExceeded or FileTooLarge)
        {
            throw BenchFolder.Full(folder.Path, sizeBytes, failure);
        }
    }

    /// <summary>What the content hash of a page has to be.</summary>
    public ulong HashOf(uint block) => _hashes[block];

    private static string Text(uint number) => number.ToString(CultureInfo.InvariantCulture);

    private void WriteSegment(
        string path, uint first, ulong seed, Action<double> onProgress, CancellationToken interruption)
    {
        uint end = (uint)Math.Min(Blocks, (ulong)first + (uint)SegmentFileBlocks);
        byte[] chunk = new byte[ChunkPages * BenchPages.PageBytes];
        long bytes = (long)(end - first) * BenchPages.PageBytes;
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(
            path, FileMode.Create, FileAccess.Write, FileShare.Read, FileOptions.None, preallocationSize: bytes);
        for (uint block = first; block < end; block += ChunkPages)
        {
            interruption.ThrowIfCancellationRequested();
            int pages = (int)Math.Min(ChunkPages, end - block);
            for (int i = 0; i < pages; i++)
            {
                Span<byte> page = chunk.AsSpan(i * BenchPages.PageBytes, BenchPages.PageBytes);
                uint number = block + (uint)i;
                BenchPages.Fill(page, number, seed);
                _hashes[number] = ContentHash.Of(page, number);
            }

            long offset = (long)(block - first) * BenchPages.PageBytes;
            RandomAccess.Write(file, chunk.AsSpan(0, pages * BenchPages.PageBytes), offset);
            onProgress((block + (double)pages) / Blocks);
        }

        RandomAccess.FlushToDisk(file);
    }
}
