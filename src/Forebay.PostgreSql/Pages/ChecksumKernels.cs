using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Forebay.PostgreSql.Pages;

/// <summary>The loop of the page checksum, once for each width of vector.</summary>
/// <remarks>
/// The page is 64 rows of 32 words. Each column has a sum, and a row is one step of all of them:
/// <c>t = sum ^ word; sum = t * Prime ^ (t >> 17)</c>. After the rows come two steps with a word of 0, then the 32 sums
/// are folded by exclusive or. The order of the columns in the fold does not matter: every width gives the same value.
/// <para>
/// The page's own checksum, the low half of word 2 of the first row, counts as 0. Nothing has to be masked for that:
/// the first step only ever sees <c>sum ^ word</c>, so a start value of column 2 that has the stored checksum in it
/// already cancels it out. The row loop stays free of special cases and the page stays untouched.
/// </para>
/// <para>
/// All 32 sums stay in registers: 2 of 512 bits, 4 of 256, or 8 of 128. A row type of that many vectors lets the
/// compiler drop the bounds checks: the loop is over whole rows of a span.
/// </para>
/// </remarks>
internal static class ChecksumKernels
{
    private const uint Prime = 16777619;
    private const int MixShift = 17;
    private const int Columns = 32;

    /// <summary>The start values of the 32 sums: part of PostgreSQL's on-disk format.</summary>
    private static ReadOnlySpan<uint> Bases =>
    [
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
    ];

    /// <summary>Column after column, the checksum masked out of its word: the others are held to this one.</summary>
    internal static uint FoldScalar(ReadOnlySpan<byte> page)
    {
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(page);
        uint folded = 0;
        for (int column = 0; column < Columns; column++)
        {
            uint sum = Bases[column];
            for (int index = column; index < words.Length; index += Columns)
            {
                bool holdsChecksum = index == PageChecksum.StoredOffset / sizeof(uint);
                sum = Step(sum, holdsChecksum ? words[index] & 0xFFFF_0000 : words[index]);
            }

            folded ^= Step(Step(sum, 0), 0);
        }

        return folded;
    }

    /// <summary>8 sums of 4 columns: SSE on x64, AdvSimd on arm64.</summary>
    internal static uint Fold128(ReadOnlySpan<byte> page)
    {
        ReadOnlySpan<uint> bases = Bases;
        Vector128<uint> a = Vector128.Create(bases) ^ StoredInColumn2(page);
        Vector128<uint> b = Vector128.Create(bases[4..]);
        Vector128<uint> c = Vector128.Create(bases[8..]);
        Vector128<uint> d = Vector128.Create(bases[12..]);
        Vector128<uint> e = Vector128.Create(bases[16..]);
        Vector128<uint> f = Vector128.Create(bases[20..]);
        Vector128<uint> g = Vector128.Create(bases[24..]);
        Vector128<uint> h = Vector128.Create(bases[28..]);
        foreach (ref readonly Row128 row in MemoryMarshal.Cast<byte, Row128>(page))
        {
            a = Step(a, row.A);
            b = Step(b, row.B);
            c = Step(c, row.C);
            d = Step(d, row.D);
            e = Step(e, row.E);
            f = Step(f, row.F);
            g = Step(g, row.G);
            h = Step(h, row.H);
        }

        return Fold(Finish(a) ^ Finish(b) ^ Finish(c) ^ Finish(d) ^ Finish(e) ^ Finish(f) ^ Finish(g) ^ Finish(h));
    }

    /// <summary>4 sums of 8 columns: AVX2.</summary>
    internal static uint Fold256(ReadOnlySpan<byte> page)
    {
        ReadOnlySpan<uint> bases = Bases;
        Vector256<uint> a = Vector256.Create(bases) ^ StoredInColumn2(page).ToVector256();
        Vector256<uint> b = Vector256.Create(bases[8..]);
        Vector256<uint> c = Vector256.Create(bases[16..]);
        Vector256<uint> d = Vector256.Create(bases[24..]);
        foreach (ref readonly Row256 row in MemoryMarshal.Cast<byte, Row256>(page))
        {
            a = Step(a, row.A);
            b = Step(b, row.B);
            c = Step(c, row.C);
            d = Step(d, row.D);
        }

        Vector256<uint> sums = Finish(a) ^ Finish(b) ^ Finish(c) ^ Finish(d);
        return Fold(sums.GetLower() ^ sums.GetUpper());
    }

    /// <summary>2 sums of 16 columns: AVX-512.</summary>
    internal static uint Fold512(ReadOnlySpan<byte> page)
    {
        ReadOnlySpan<uint> bases = Bases;
        Vector512<uint> a = Vector512.Create(bases) ^ StoredInColumn2(page).ToVector256().ToVector512();
        Vector512<uint> b = Vector512.Create(bases[16..]);
        foreach (ref readonly Row512 row in MemoryMarshal.Cast<byte, Row512>(page))
        {
            a = Step(a, row.A);
            b = Step(b, row.B);
        }

        Vector512<uint> sums = Finish(a) ^ Finish(b);
        Vector256<uint> half = sums.GetLower() ^ sums.GetUpper();
        return Fold(half.GetLower() ^ half.GetUpper());
    }

    private static Vector128<uint> StoredInColumn2(ReadOnlySpan<byte> page) =>
        Vector128.Create(0u, 0u, PageChecksum.Stored(page), 0u);

    private static uint Fold(Vector128<uint> sums) =>
        sums.GetElement(0) ^ sums.GetElement(1) ^ sums.GetElement(2) ^ sums.GetElement(3);

    private static uint Step(uint sum, uint word)
    {
        uint mixed = sum ^ word;
        return (mixed * Prime) ^ (mixed >> MixShift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Step(Vector128<uint> sum, Vector128<uint> words)
    {
        Vector128<uint> mixed = sum ^ words;
        return (mixed * Vector128.Create(Prime)) ^ (mixed >>> MixShift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Step(Vector256<uint> sum, Vector256<uint> words)
    {
        Vector256<uint> mixed = sum ^ words;
        return (mixed * Vector256.Create(Prime)) ^ (mixed >>> MixShift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Step(Vector512<uint> sum, Vector512<uint> words)
    {
        Vector512<uint> mixed = sum ^ words;
        return (mixed * Vector512.Create(Prime)) ^ (mixed >>> MixShift);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Finish(Vector128<uint> sum) =>
        Step(Step(sum, Vector128<uint>.Zero), Vector128<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Finish(Vector256<uint> sum) =>
        Step(Step(sum, Vector256<uint>.Zero), Vector256<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Finish(Vector512<uint> sum) =>
        Step(Step(sum, Vector512<uint>.Zero), Vector512<uint>.Zero);

    // Never constructed: the shape of one row of a page, laid over its bytes.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Row128
    {
        public readonly Vector128<uint> A, B, C, D, E, F, G, H;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Row256
    {
        public readonly Vector256<uint> A, B, C, D;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Row512
    {
        public readonly Vector512<uint> A, B;
    }
}
