namespace Forebay.PostgreSql.Compression;

/// <summary>The block format of LZ4, backwards.</summary>
/// <remarks>
/// A sequence is a token (four bits of literals, four of match length less 4; 15 means that bytes follow which add up,
/// until one is not 255), the literals, and a distance in two bytes. The last sequence ends after its literals.
/// </remarks>
internal static class Lz4Decoder
{
    private const int MatchBase = 4;
    private const int Extended = 15;

    public static bool TryDecode(ReadOnlySpan<byte> compressed, Span<byte> raw)
    {
        int position = 0;
        int next = 0;
        while (next < compressed.Length)
        {
            int token = compressed[next++];
            if (!TryLength(compressed, token >> 4, raw.Length - position, ref next, out int literals)
                || literals > compressed.Length - next)
                return false;
            compressed.Slice(next, literals).CopyTo(raw[position..]);
            next += literals;
            position += literals;
            if (next == compressed.Length)
                return position == raw.Length;

            if (compressed.Length - next < 2)
                return false;
            int distance = compressed[next] | (compressed[next + 1] << 8);
            next += 2;
            if (!TryLength(compressed, token & 0x0F, raw.Length - position, ref next, out int match)
                || !Decompressor.TryRepeat(raw, position, distance, match + MatchBase))
                return false;
            position += match + MatchBase;
        }

        return false;
    }

    private static bool TryLength(ReadOnlySpan<byte> compressed, int nibble, int most, ref int next, out int length)
    {
        length = nibble;
        if (nibble == Extended)
        {
            byte more;
            do
            {
                if (next >= compressed.Length)
                    return false;
                more = compressed[next++];
                length += more;
                if (length > most)
                    return false;
            }
            while (more == byte.MaxValue);
        }

        return length <= most;
    }
}
