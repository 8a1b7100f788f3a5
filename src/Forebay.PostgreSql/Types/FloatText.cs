using System.Buffers;
using System.Globalization;

namespace Forebay.PostgreSql.Types;

/// <summary>
/// Floats as PostgreSQL prints them: the fewest digits that lead back to the same number; with an exponent of at least
/// two digits where it is below -4, or where the integer part would have more digits than the type is sure of.
/// </summary>
/// <remarks>
/// PostgreSQL does not rely on readers that round halves to even: digits that stand exactly halfway to the next float
/// do not count as leading back. Only integers beyond the mantissa's bits can have such short digits.
/// </remarks>
internal static class FloatText
{
    private const int TextBytesMax = 48;
    private const int DigitsMax = 24;
    private const int DigitsMax32 = 9;
    private const int DigitsMax64 = 17;
    private const int PlainExponentMin = -4;
    private const int PlainExponentEnd32 = 6;
    private const int PlainExponentEnd64 = 15;

    // By the digits that were not enough: one digit more, which is one before the point and as many after it.
    private static readonly string[] s_moreDigits = [.. Enumerable.Range(0, DigitsMax64).Select(static n => $"E{n}")];

    public static void Write(double value, IBufferWriter<byte> output)
    {
        if (WriteSpecial(value, output))
            return;
        double size = Math.Abs(value);
        Span<byte> shortest = stackalloc byte[TextBytesMax];
        Span<byte> digits = stackalloc byte[DigitsMax];
        size.TryFormat(shortest, out int length, "R", CultureInfo.InvariantCulture);
        int count = Take(shortest[..length], digits, out int exponent);
        if (size >= 1L << 53)
        {
            var parts = FloatParts.Of(size);
            // Another digit may be a zero, which counts for nothing: so the digits asked for are counted.
            for (int asked = count; asked < DigitsMax64 && parts.IsHalfway(digits[..count], exponent); asked++)
            {
                size.TryFormat(shortest, out length, s_moreDigits[asked], CultureInfo.InvariantCulture);
                count = Take(shortest[..length], digits, out exponent);
            }
        }

        Write(digits[..count], exponent, double.IsNegative(value), PlainExponentEnd64, output);
    }

    public static void Write(float value, IBufferWriter<byte> output)
    {
        if (WriteSpecial(value, output))
            return;
        float size = Math.Abs(value);
        Span<byte> shortest = stackalloc byte[TextBytesMax];
        Span<byte> digits = stackalloc byte[DigitsMax];
        size.TryFormat(shortest, out int length, "R", CultureInfo.InvariantCulture);
        int count = Take(shortest[..length], digits, out int exponent);
        if (size >= 1 << 24)
        {
            var parts = FloatParts.Of(size);
            // Another digit may be a zero, which counts for nothing: so the digits asked for are counted.
            for (int asked = count; asked < DigitsMax32 && parts.IsHalfway(digits[..count], exponent); asked++)
            {
                size.TryFormat(shortest, out length, s_moreDigits[asked], CultureInfo.InvariantCulture);
                count = Take(shortest[..length], digits, out exponent);
            }
        }

        Write(digits[..count], exponent, float.IsNegative(value), PlainExponentEnd32, output);
    }

    private static bool WriteSpecial(double value, IBufferWriter<byte> output)
    {
        if (double.IsNaN(value))
            output.Write("NaN"u8);
        else if (double.IsPositiveInfinity(value))
            output.Write("Infinity"u8);
        else if (double.IsNegativeInfinity(value))
            output.Write("-Infinity"u8);
        else if (value == 0)
            output.Write(double.IsNegative(value) ? "-0"u8 : "0"u8);
        else
            return false;
        return true;
    }

    private static void Write(
        ReadOnlySpan<byte> digits, int exponent, bool negative, int plainEnd, IBufferWriter<byte> output)
    {
        Span<byte> text = output.GetSpan(TextBytesMax);
        int position = 0;
        if (negative)
            text[position++] = (byte)'-';
        if (exponent < PlainExponentMin || exponent >= plainEnd)
            position = Scientific(digits, exponent, text, position);
        else
            position = Plain(digits, exponent, text, position);
        output.Advance(position);
    }

    // Takes the digits and the exponent out of whatever notation they come in.
    private static int Take(ReadOnlySpan<byte> shortest, Span<byte> digits, out int exponent)
    {
        int count = 0;
        int point = -1;
        int read = 0;
        int zeros = 0;
        int mark = shortest.IndexOf((byte)'E');
        ReadOnlySpan<byte> mantissa = mark < 0 ? shortest : shortest[..mark];
        int stated = mark < 0 ? 0 : int.Parse(shortest[(mark + 1)..], CultureInfo.InvariantCulture);
        foreach (byte character in mantissa)
        {
            if (character == '.')
            {
                point = read;
                continue;
            }

            read++;
            if (count == 0 && character == '0')
            {
                zeros++;
                continue;
            }

            // Zeros at the end are place holders, never more than the type's digits and a few.
            if (count < digits.Length)
                digits[count++] = character;
        }

        exponent = (point < 0 ? read : point) - zeros - 1 + stated;
        while (count > 1 && digits[count - 1] == '0')
            count--;
        return count;
    }

    private static int Plain(ReadOnlySpan<byte> digits, int exponent, Span<byte> text, int position)
    {
        if (exponent < 0)
        {
            text[position++] = (byte)'0';
            text[position++] = (byte)'.';
            text.Slice(position, -exponent - 1).Fill((byte)'0');
            position += -exponent - 1;
            digits.CopyTo(text[position..]);
            return position + digits.Length;
        }

        for (int i = 0; i < digits.Length || i <= exponent; i++)
        {
            if (i == exponent + 1)
                text[position++] = (byte)'.';
            text[position++] = i < digits.Length ? digits[i] : (byte)'0';
        }

        return position;
    }

    private static int Scientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> text, int position)
    {
        text[position++] = digits[0];
        if (digits.Length > 1)
        {
            text[position++] = (byte)'.';
            digits[1..].CopyTo(text[position..]);
            position += digits.Length - 1;
        }

        text[position++] = (byte)'e';
        text[position++] = exponent < 0 ? (byte)'-' : (byte)'+';
        int size = Math.Abs(exponent);
        if (size >= 100)
            text[position++] = (byte)('0' + (size / 100));
        text[position++] = (byte)('0' + (size / 10 % 10));
        text[position++] = (byte)('0' + (size % 10));
        return position;
    }
}
