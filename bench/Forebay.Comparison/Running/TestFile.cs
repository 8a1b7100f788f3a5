using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;

namespace Forebay.Comparison.Running;

/// <summary>The file that everybody reads: pages with PostgreSQL's header and checksum, seeded contents.</summary>
internal static class TestFile
{
    private const int ChunkPages = 128;

    /// <summary>Makes the file, unless one of the right size is there from an earlier run.</summary>
    public static DataFile Make(string directory, int pages, int seed)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, "relation");
        long length = (long)pages * Contender.PageBytes;
        if (File.Exists(path) && new FileInfo(path).Length == length)
            return new DataFile(path, pages);
        Random random = new(seed);
        byte[] chunk = new byte[ChunkPages * Contender.PageBytes];
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        for (int first = 0; first < pages; first += ChunkPages)
        {
            random.NextBytes(chunk);
            int count = Math.Min(ChunkPages, pages - first);
            for (int i = 0; i < count; i++)
                MakePage(chunk.AsSpan(i * Contender.PageBytes, Contender.PageBytes), (uint)(first + i));
            file.Write(chunk, 0, count * Contender.PageBytes);
        }

        file.Flush(flushToDisk: true);
        return new DataFile(path, pages);
    }

    private static void MakePage(Span<byte> page, uint block)
    {
        const int Lower = 24;
        page[..Lower].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(page[12..], Lower);
        BinaryPrimitives.WriteUInt16LittleEndian(page[14..], Contender.PageBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(page[16..], Contender.PageBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(page[18..], Contender.PageBytes | 4);
        PostgreSqlPageCheck.ChecksumOnly.Seal(page, block);
    }
}
