using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Forebay.Tool.Benchmarks;

/// <summary>
/// A hash of a page and its number. A scan adds up those of its pages: the sum says what was read, whoever read it in
/// whatever order. It need not withstand anybody, only notice a page that is wrong, missing, doubled or misplaced; and
/// it has to be cheap beside the reading.
/// </summary>
internal static class ContentHash
{
    private const int Rotation = 27;
    private const int LaneBits = 64;

    /// <summary>The hash of one page.</summary>
    /// <param name="page">A multiple of 128 bytes.</param>
    /// <param name="block">Its number.</param>
    public static ulong Of(ReadOnlySpan<byte> page, uint block)
    {
        Vector256<ulong> a = Vector256.Create(1UL, 2, 3, 4);
        Vector256<ulong> b = Vector256.Create(5UL, 6, 7, 8);
        Vector256<ulong> c = Vector256.Create(9UL, 10, 11, 12);
        Vector256<ulong> d = Vector256.Create(13UL, 14, 15, 16);
        foreach (ref readonly Row row in MemoryMarshal.Cast<byte, Row>(page))
        {
            a = Turn(a + row.A);
            b = Turn(b + row.B);
            c = Turn(c + row.C);
            d = Turn(d + row.D);
        }

        ulong hash = BenchRandom.Mix(block);
        hash = Fold(hash, a);
        hash = Fold(hash, b);
        hash = Fold(hash, c);
        return Fold(hash, d);
    }

    // Adding, then turning: a difference of any word moves on through every later step of its column.
    private static Vector256<ulong> Turn(Vector256<ulong> value) =>
        (value << Rotation) | (value >>> (LaneBits - Rotation));

    private static ulong Fold(ulong hash, Vector256<ulong> column)
    {
        for (int i = 0; i < Vector256<ulong>.Count; i++)
            hash = BenchRandom.Mix(hash ^ column[i]);
        return hash;
    }

    /// <summary>As much of a page as one step takes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Row
    {
        public readonly Vector256<ulong> A;
        public readonly Vector256<ulong> B;
        public readonly Vector256<ulong> C;
        public readonly Vector256<ulong> D;
    }
}
