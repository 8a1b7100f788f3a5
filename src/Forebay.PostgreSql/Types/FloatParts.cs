namespace Forebay.PostgreSql.Types;

/// <summary>A float as a whole number times a power of two.</summary>
/// <param name="Mantissa">The whole number.</param>
/// <param name="Exponent">The power.</param>
/// <param name="IsLowest">Whether it is a power of two: the gap below it is half of the gap above.</param>
internal readonly record struct FloatParts(ulong Mantissa, int Exponent, bool IsLowest)
{
    private const int ExponentMax = 23; // a higher power of 5 does not divide a mantissa and a half

    public static FloatParts Of(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & ((1UL << 52) - 1);
        int exponent = (int)((bits >> 52) & 0x7FF);
        return new FloatParts(fraction | (1UL << 52), exponent - 1075, fraction == 0);
    }

    public static FloatParts Of(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint fraction = bits & ((1U << 23) - 1);
        int exponent = (int)((bits >> 23) & 0xFF);
        return new FloatParts(fraction | (1U << 23), exponent - 150, fraction == 0);
    }

    /// <summary>Whether decimal digits stand exactly in the middle between this float and a neighbour.</summary>
    /// <param name="digits">The digits, without zeros at the end.</param>
    /// <param name="exponent">The power of ten of the first digit.</param>
    public bool IsHalfway(ReadOnlySpan<byte> digits, int exponent)
    {
        int power = exponent - (digits.Length - 1);
        if (power is < 0 or > ExponentMax)
            return false;
        UInt128 number = 0;
        foreach (byte digit in digits)
            number = (number * 10) + (uint)(digit - '0');

        // Compared as an odd number times a power of two.
        int twos = (int)UInt128.TrailingZeroCount(number);
        number >>= twos;
        for (int i = 0; i < power; i++)
            number *= 5;
        twos += power;
        bool above = number == (2 * Mantissa) + 1 && twos == Exponent - 1;
        bool below = IsLowest
            ? number == (4 * Mantissa) - 1 && twos == Exponent - 2
            : number == (2 * Mantissa) - 1 && twos == Exponent - 1;
        return above || below;
    }
}
