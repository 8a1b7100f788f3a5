using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Forebay.PostgreSql.Pages;

/// <summary>
/// PostgreSQL's 16-bit checksum of an 8 KiB page: 32 sums side by side over the page's 32-bit words, folded together
/// with the block number.
/// </summary>
/// <remarks>
/// Free of state: any thread may call it. The widest vector unit of the machine does the work, with the same result on
/// every machine. Nothing is allocated, and the page is neither copied nor written to.
/// </remarks>
public static class PageChecksum
{
    /// <summary>The size in bytes of the pages that are summed.</summary>
    public const int PageSize = 8192;

    /// <summary>Where in the page its own checksum is stored, in bytes.</summary>
    internal const int StoredOffset = 8;

    /// <summary>Computes the checksum that a page should carry.</summary>
    /// <param name="page">
    /// One page of exactly <see cref="PageSize"/> bytes; what its checksum field holds does not matter.
    /// </param>
    /// <param name="block">The page's number within the whole relation fork, all its segment files counted.</param>
    /// <returns>1 to 65535, never 0.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="page"/> is not <see cref="PageSize"/> bytes long.
    /// </exception>
    public static ushort Compute(ReadOnlySpan<byte> page, uint block)
    {
        if (page.Length != PageSize)
            ThrowWrongLength(page);

        // The conditions are constants to the compiler: one branch is left of the four.
        if (Vector512.IsHardwareAccelerated)
            return Reduce(ChecksumKernels.Fold512(page), block);
        if (Vector256.IsHardwareAccelerated)
            return Reduce(ChecksumKernels.Fold256(page), block);
        if (Vector128.IsHardwareAccelerated)
            return Reduce(ChecksumKernels.Fold128(page), block);
        return Reduce(ChecksumKernels.FoldScalar(page), block);
    }

    /// <summary>The checksum that the page carries, right or wrong.</summary>
    /// <param name="page">A page, or at least its first 10 bytes.</param>
    /// <returns>The stored value.</returns>
    public static ushort Stored(ReadOnlySpan<byte> page) =>
        BinaryPrimitives.ReadUInt16LittleEndian(page[StoredOffset..]);

    /// <summary>Mixes in the block number, so that a page in the wrong place is noticed, and leaves 16 bits.</summary>
    internal static ushort Reduce(uint folded, uint block) => (ushort)(((folded ^ block) % 65535) + 1);

    // Apart from Compute, so that its code stays small.
    private static void ThrowWrongLength(ReadOnlySpan<byte> page) =>
        throw new ArgumentException($"A checksum covers {PageSize} bytes; the page has {page.Length}.", nameof(page));
}
