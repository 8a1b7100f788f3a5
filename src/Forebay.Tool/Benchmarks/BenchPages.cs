using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Forebay.PostgreSql.Pages;

namespace Forebay.Tool.Benchmarks;

/// <summary>
/// The pages that the benchmark reads: PostgreSQL's page header with a right checksum, the block number, and a filler
/// that no device can compress.
/// </summary>
internal static class BenchPages
{
    /// <summary>Bytes per page.</summary>
    public const int PageBytes = PageChecksum.PageSize;

    private const int LowerOffset = 12;
    private const int UpperOffset = 14;
    private const int SpecialOffset = 16;
    private const int SizeOffset = 18;
    private const int LayoutVersion = 4;
    private const int UpperValue = PageHeader.Size + sizeof(ulong);

    /// <summary>Makes a page.</summary>
    /// <param name="page">Room for it.</param>
    /// <param name="block">Its number.</param>
    /// <param name="seed">What the filler is drawn from.</param>
    public static void Fill(Span<byte> page, uint block, ulong seed)
    {
        BenchRandom random = new(BenchRandom.Mix(seed) ^ block);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        for (int i = 0; i < words.Length; i++)
            words[i] = random.Next();

        page[..PageHeader.Size].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(page[LowerOffset..], PageHeader.Size);
        BinaryPrimitives.WriteUInt16LittleEndian(page[UpperOffset..], UpperValue);
        BinaryPrimitives.WriteUInt16LittleEndian(page[SpecialOffset..], PageBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(page[SizeOffset..], PageBytes | LayoutVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(page[PageHeader.Size..], block);
        PostgreSqlPageCheck.ChecksumOnly.Seal(page, block);
    }
}
