namespace Forebay.PostgreSql.Compression;

/// <summary>PostgreSQL's own compression, backwards.</summary>
/// <remarks>
/// A control byte announces eight items, lowest bit first. 0: one byte as it is. 1: a repetition in two bytes, four
/// bits of length less 3 and twelve of distance, the high four of them in the first byte; a length of 18 is followed by
/// a byte more to add.
/// </remarks>
internal static class PglzDecoder
{
    private const int LengthBase = 3;
    private const int LengthExtended = 18;
    private const int ItemsPerControl = 8;

    public static bool TryDecode(ReadOnlySpan<byte> compressed, Span<byte> raw)
    {
        int position = 0;
        int next = 0;
        while (position < raw.Length && next < compressed.Length)
        {
            int control = compressed[next++];
            for (int item = 0; item < ItemsPerControl && position < raw.Length; item++, control >>= 1)
            {
                if ((control & 1) == 0)
                {
                    if (next >= compressed.Length)
                        return false;
                    raw[position++] = compressed[next++];
                    continue;
                }

                if (compressed.Length - next < 2)
                    return false;
                int length = (compressed[next] & 0x0F) + LengthBase;
                int distance = ((compressed[next] & 0xF0) << 4) | compressed[next + 1];
                next += 2;
                if (length == LengthExtended)
                {
                    if (next >= compressed.Length)
                        return false;
                    length += compressed[next++];
                }

                // The last repetition may say more than is left; what counts is the length of the whole.
                length = Math.Min(length, raw.Length - position);
                if (!Decompressor.TryRepeat(raw, position, distance, length))
                    return false;
                position += length;
            }
        }

        return position == raw.Length && next == compressed.Length;
    }
}
