using System.Numerics;
using System.Runtime.InteropServices;
using Forebay.Buffers;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Forebay.Storage;
using Microsoft.Win32.SafeHandles;

namespace Forebay.Tool.Tables;

/// <summary>
/// The visibility map of a table, read from its file: after the page header two bits a block, the lower one for "all
/// rows are visible to everybody".
/// </summary>
internal static class VisibilityMapFile
{
    private const string Suffix = "_vm";
    private const int MapBytes = PageChecksum.PageSize - PageHeader.Size;
    private const int BlocksPerByte = 4;
    private const ulong AllVisibleBits = 0x5555_5555_5555_5555;

    /// <summary>Blocks that one page of the map tells of.</summary>
    public const uint BlocksPerPage = MapBytes * BlocksPerByte;

    /// <summary>Counts the blocks that are marked all-visible.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="table">A table of it.</param>
    /// <param name="blocks">How many blocks the table has: what the map says of others does not count.</param>
    /// <exception cref="ClusterException">The file cannot be read.</exception>
    /// <exception cref="DamagedDataException">A page of the map is damaged.</exception>
    public static uint CountAllVisible(PostgreSqlCluster cluster, RelationLocator table, uint blocks)
    {
        string name = cluster.Pages.NameOf(table) + Suffix;
        string path = Path.Combine(cluster.DataDirectory, name);
        if (!File.Exists(path))
            return 0;
        PageCheck check = cluster.ControlFile.ChecksumVersion == 0
            ? PostgreSqlPageCheck.HeaderOnly
            : PostgreSqlPageCheck.HeaderAndChecksum;
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            byte[] page = new byte[PageChecksum.PageSize];
            uint count = 0;
            for (uint number = 0; number * (ulong)BlocksPerPage < blocks; number++)
            {
                if (RandomAccess.Read(file, page, (long)number * page.Length) < page.Length)
                    break;
                if (check.Check(page, number) != PageVerdict.Good)
                    throw new DamagedDataException(name, number, 0, DataFault.PageChecksum);
                uint left = Math.Min(BlocksPerPage, blocks - (number * BlocksPerPage));
                count += Count(page.AsSpan(PageHeader.Size), left);
            }

            return count;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException(path, $"{path}: cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Counts among the first blocks of a page of the map.</summary>
    internal static uint Count(ReadOnlySpan<byte> map, uint blocks)
    {
        int whole = (int)(blocks / BlocksPerByte);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(map[..whole]);
        int count = 0;
        foreach (ulong word in words)
            count += BitOperations.PopCount(word & AllVisibleBits);
        foreach (byte four in map[(words.Length * sizeof(ulong))..whole])
            count += BitOperations.PopCount(four & AllVisibleBits);
        int rest = (int)(blocks % BlocksPerByte);
        if (rest > 0)
            count += BitOperations.PopCount(map[whole] & AllVisibleBits & ((1UL << (2 * rest)) - 1));
        return (uint)count;
    }
}
