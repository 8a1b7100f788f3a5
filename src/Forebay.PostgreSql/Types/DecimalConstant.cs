using System.Globalization;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Types;

/// <summary>
/// A number as people write it, exactly: digits to the base of 10,000 without zeros at either end, and the power of
/// 10,000 of the first one.
/// </summary>
/// <remarks>Immutable: any thread.</remarks>
public sealed class DecimalConstant
{
    private const int GroupDigits = 4;
    private const int ExponentMax = 1_000_000;

    private readonly int _weight;
    private readonly ushort[] _digits;

    private DecimalConstant(DecimalKind kind, int weight = 0, ushort[]? digits = null)
    {
        Kind = kind;
        _weight = weight;
        _digits = digits ?? [];
    }

    /// <summary>What it is.</summary>
    public DecimalKind Kind { get; }

    /// <summary>Reads a number: digits, a point, an exponent; or NaN, Infinity, -Infinity.</summary>
    /// <param name="text">The number as people write it.</param>
    /// <param name="constant">The number; 0 if it is none.</param>
    /// <returns>False if it is none.</returns>
    public static bool TryParse(string text, out DecimalConstant constant)
    {
        ArgumentNullException.ThrowIfNull(text);
        string number = text.Trim();
        constant = new DecimalConstant(DecimalKind.Zero);
        bool isNegative = number.StartsWith('-');
        string size = isNegative || number.StartsWith('+') ? number[1..] : number;
        if (IsWord(number, "nan"))
        {
            constant = new DecimalConstant(DecimalKind.NotANumber);
            return true;
        }

        if (IsWord(size, "infinity") || IsWord(size, "inf"))
        {
            constant = new DecimalConstant(
                isNegative ? DecimalKind.NegativeInfinity : DecimalKind.PositiveInfinity);
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
        if (_weight > WeightMax || Kind is DecimalKind.NegativeInfinity or DecimalKind.PositiveInfinity)
        {
            floor = isNegative ? Int128.MinValue : Int128.MaxValue;
            return true;
        }

        for (int group = 0; group <= _weight; group++)
            floor = (floor * 10000) + (group < _digits.Length ? _digits[group] : 0);
        hasFraction = _digits.Length > _weight + 1;
        if (isNegative)
            floor = hasFraction ? -floor - 1 : -floor;
        return true;
    }

    /// <summary>Compares a stored numeric with it, as PostgreSQL sorts them.</summary>
    /// <param name="stored">The numeric, without its length word.</param>
    /// <param name="order">Negative: the stored one is less; 0: they are equal.</param>
    /// <returns><see cref="DataFault.ValueFormat"/> if the bytes are no numeric.</returns>
    public DataFault Compare(ReadOnlySpan<byte> stored, out int order)
    {
        DataFault fault = NumericValue.TryParse(stored, out NumericValue number);
        order = 0;
        if (fault != DataFault.None)
            return fault;
        order = number.Kind.CompareTo(Kind);
        if (order != 0 || number.Kind is not (DecimalKind.Positive or DecimalKind.Negative))
            return DataFault.None;
        order = CompareSize(number);
        if (number.Kind == DecimalKind.Negative)
            order = -order;
        return DataFault.None;
    }

    private int CompareSize(scoped in NumericValue number)
    {
        if (number.Weight != _weight)
            return number.Weight.CompareTo(_weight);
        int common = Math.Min(number.DigitCount, _digits.Length);
        for (int i = 0; i < common; i++)
        {
            if (number.Digit(i) != _digits[i])
                return number.Digit(i).CompareTo(_digits[i]);
        }

        return number.DigitCount.CompareTo(_digits.Length);
    }

    private static DecimalConstant Of(bool isNegative, string digits, int point)
    {
        int zeros = digits.AsSpan().IndexOfAnyExcept('0');
        if (zeros < 0)
            return new DecimalConstant(DecimalKind.Zero);
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
