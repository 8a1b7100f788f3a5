namespace Forebay.PostgreSql.Compression;

/// <summary>Undoes PostgreSQL's compression of values.</summary>
public static class Decompressor
{
    // Best cases: three bytes of pglz stand for 273, but every eighth item costs a byte more; a byte of LZ4 adds 255.
    private const long PglzExpansionMax = 88;
    private const long Lz4ExpansionMax = 255;
    private const long SlackBytes = 300;

    /// <summary>The most that compressed bytes can stand for; a higher claim is a lie.</summary>
    /// <param name="compressedLength">The compressed bytes.</param>
    /// <param name="method">The method.</param>
    /// <returns>A bound in bytes, not the exact length.</returns>
    public static long RawLengthMax(int compressedLength, CompressionMethod method) =>
        (compressedLength * (method == CompressionMethod.Pglz ? PglzExpansionMax : Lz4ExpansionMax)) + SlackBytes;

    /// <summary>Decompresses a value.</summary>
    /// <param name="compressed">The compressed bytes.</param>
    /// <param name="raw">Where the value goes: exactly as long as it.</param>
    /// <param name="method">The method.</param>
    /// <returns>False if the bytes are damaged or stand for another length.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> compressed, Span<byte> raw, CompressionMethod method) =>
        method switch
        {
            CompressionMethod.Pglz => PglzDecoder.TryDecode(compressed, raw),
            CompressionMethod.Lz4 => Lz4Decoder.TryDecode(compressed, raw),
            _ => false,
        };

    /// <summary>
    /// Repeats bytes that were already produced; source and target may overlap, which repeats a pattern.
    /// </summary>
    /// <returns>False if it would reach before the start or past the end.</returns>
    internal static bool TryRepeat(Span<byte> raw, int position, int distance, int length)
    {
        if (distance <= 0 || distance > position || length > raw.Length - position)
            return false;
        if (distance == 1)
        {
            raw.Slice(position, length).Fill(raw[position - 1]);
            return true;
        }

        // Each round doubles what can be copied without overlap.
        int start = position - distance;
        int available = distance;
        while (length > 0)
        {
            int count = Math.Min(length, available);
            raw.Slice(start, count).CopyTo(raw[position..]);
            position += count;
            length -= count;
            available += count;
        }

        return true;
    }
}
