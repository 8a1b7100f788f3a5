using Forebay.PostgreSql.Pages;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>Decimal numbers of any length, by value: how many zeros follow the last digit does not count.</summary>
/// <param name="column">The column, from 0.</param>
/// <param name="comparison">The operator.</param>
/// <param name="constant">The constant.</param>
internal sealed class NumericCondition(int column, ComparisonOperator comparison, DecimalConstant constant)
    : Condition(column, comparison)
{
    private readonly DecimalKind _kind = constant.Kind;
    private readonly ushort[] _digits = constant.Digits;

    /// <inheritdoc/>
    public override DataFault TryCompare(ReadOnlySpan<byte> value, out int order)
    {
        DataFault fault = NumericValue.TryParse(value, out NumericValue number);
        order = 0;
        if (fault != DataFault.None)
            return fault;
        order = number.Kind.CompareTo(_kind);
        if (order != 0 || number.Kind is not (DecimalKind.Positive or DecimalKind.Negative))
            return DataFault.None;
        order = CompareSize(number);
        if (number.Kind == DecimalKind.Negative)
            order = -order;
        return DataFault.None;
    }

    private int CompareSize(in NumericValue number)
    {
        if (number.Weight != constant.Weight)
            return number.Weight.CompareTo(constant.Weight);
        int common = Math.Min(number.DigitCount, _digits.Length);
        for (int i = 0; i < common; i++)
        {
            if (number.Digit(i) != _digits[i])
                return number.Digit(i).CompareTo(_digits[i]);
        }

        return number.DigitCount.CompareTo(_digits.Length);
    }
}
