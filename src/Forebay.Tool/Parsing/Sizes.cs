using System.Globalization;

namespace Forebay.Tool.Parsing;

/// <summary>Sizes as people write them: bytes, or with KiB, MiB, GiB.</summary>
internal static class Sizes
{
    private static readonly (string Suffix, long Factor)[] s_units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40)];

    /// <summary>Reads a size.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        long factor = 1;
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        foreach ((string suffix, long unit) in s_units)
        {
            if (!number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            factor = unit;
            number = number[..^suffix.Length].TrimEnd();
            break;
        }

        bytes = 0;
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            || value > long.MaxValue / factor)
            return false;
        bytes = value * factor;
        return true;
    }

    /// <summary>A size for people.</summary>
    public static string Format(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.##} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.##} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0.##} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
    };
}
