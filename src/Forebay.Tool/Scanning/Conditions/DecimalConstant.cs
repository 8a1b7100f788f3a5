using System.Globalization;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>
/// A number as people write it, exactly: digits to the base of 10,000 without zeros at either end, and the power of
/// 10,000 of the first one.
/// </summary>
/// <param name="Kind">What it is; digits and weight count for numbers other than zero only.</param>
/// <param name="Weight">The power of 10,000 of the first digit.</param>
/// <param name="Digits">The digits.</param>
internal sealed record DecimalConstant(DecimalKind Kind, int Weight, ushort[] Digits)
{
    private const int GroupDigits = 4;
    private const int ExponentMax = 1_000_000;

    /// <summary>Reads a number: digits, a point, an exponent; or NaN, Infinity, -Infinity.</summary>
    public static bool TryParse(string text, out DecimalConstant constant)
    {
        string number = text.Trim();
        constant = new DecimalConstant(DecimalKind.Zero, 0, []);
        bool isNegative = number.StartsWith('-');
        string size = isNegative || number.StartsWith('+') ? number[1..] : number;
        if (IsWord(number, "nan"))
        {
            constant = constant with { Kind = DecimalKind.NotANumber };
            return true;
        }

        if (IsWord(size, "infinity") || IsWord(size, "inf"))
        {
            constant = constant with
            {
                Kind = isNegative ? DecimalKind.NegativeInfinity : DecimalKind.PositiveInfinity,
            };
            return true;
        }

        int exponent = 0;
        int mark = size.IndexOfAny(['e', 'E']);
        if (mark >= 0 && (!int.TryParse(
            size[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
            || Math.Abs((long)exponent) > ExponentMax))
            return false;
        string mantissa = mark < 0 ? size : size[..mark];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = point < 0 ? mantissa : mantissa.Remove(point, 1);
        if (digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return false;
        constant = Of(isNegative, digits, (point < 0 ? digits.Length : point) + exponent);
        return true;
    }

    /// <summary>The next whole number below, or the number itself.</summary>
    /// <param name="floor">The whole number; a very large one stands for all that are larger still.</param>
    /// <param name="hasFraction">Whether it is below.</param>
    /// <returns>False for what is no number.</returns>
    public bool TryFloor(out Int128 floor, out bool hasFraction)
    {
        // Beyond 64 bits it does not matter how far.
        const int WeightMax = 6;
        floor = 0;
        hasFraction = false;
        if (Kind is DecimalKind.NotANumber)
            return false;
        if (Kind is DecimalKind.Zero)
            return true;
        bool isNegative = Kind is DecimalKind.Negative or DecimalKind.NegativeInfinity;
        if (Weight > WeightMax || Kind is DecimalKind.NegativeInfinity or DecimalKind.PositiveInfinity)
        {
            floor = isNegative ? Int128.MinValue : Int128.MaxValue;
            return true;
        }

        for (int group = 0; group <= Weight; group++)
            floor = (floor * 10000) + (group < Digits.Length ? Digits[group] : 0);
        hasFraction = Digits.Length > Weight + 1;
        if (isNegative)
            floor = hasFraction ? -floor - 1 : -floor;
        return true;
    }

    private static DecimalConstant Of(bool isNegative, string digits, int point)
    {
        int zeros = digits.AsSpan().IndexOfAnyExcept('0');
        if (zeros < 0)
            return new DecimalConstant(DecimalKind.Zero, 0, []);
        digits = digits[zeros..].TrimEnd('0');
        point -= zeros;
        // The first group has as many digits as make the point fall between two groups.
        int weight = (int)Math.Floor((point - 1) / (double)GroupDigits);
        int first = point - (weight * GroupDigits);
        string padded = digits.PadLeft(digits.Length + GroupDigits - first, '0');
        padded = padded.PadRight((padded.Length + GroupDigits - 1) / GroupDigits * GroupDigits, '0');
        ushort[] groups = new ushort[padded.Length / GroupDigits];
        for (int i = 0; i < groups.Length; i++)
            groups[i] = ushort.Parse(padded.AsSpan(i * GroupDigits, GroupDigits), CultureInfo.InvariantCulture);
        return new DecimalConstant(isNegative ? DecimalKind.Negative : DecimalKind.Positive, weight, groups);
    }

    private static bool IsWord(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
