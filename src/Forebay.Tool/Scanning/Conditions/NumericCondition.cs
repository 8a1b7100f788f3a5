using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.PostgreSql.Types;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>Decimal numbers of any length, by value: how many zeros follow the last digit does not count.</summary>
/// <param name="column">The column, from 0.</param>
/// <param name="comparison">The operator.</param>
/// <param name="constant">The constant.</param>
internal sealed class NumericCondition(int column, ComparisonOperator comparison, DecimalConstant constant)
    : Condition(column, comparison)
{
    /// <inheritdoc/>
    public override IndexKey? Key => IndexKey.Of(constant);

    /// <inheritdoc/>
    public override DataFault TryCompare(ReadOnlySpan<byte> value, out int order) =>
        constant.Compare(value, out order);
}
