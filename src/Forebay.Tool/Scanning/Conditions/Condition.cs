using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans.BTree;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>A column compared with a constant; null fulfils none. Immutable: any thread.</summary>
/// <param name="column">The column, from 0.</param>
/// <param name="comparison">The operator.</param>
internal abstract class Condition(int column, ComparisonOperator comparison)
{
    /// <summary>The column, from 0.</summary>
    public int Column => column;

    /// <summary>The operator.</summary>
    public ComparisonOperator Operator => comparison;

    /// <summary>The constant, rounded down, as an index would have it; null if no index can be asked.</summary>
    public virtual IndexKey? Key => null;

    /// <summary>Whether a row fulfils it.</summary>
    /// <exception cref="DamagedDataException">The row, or its value, makes no sense.</exception>
    public bool Holds<TRow>(scoped in TRow row)
        where TRow : ITableRow, allows ref struct
    {
        if (!row.TryGetValue(column, out ReadOnlySpan<byte> value))
            return false;
        DataFault fault = TryCompare(value, out int order);
        return fault == DataFault.None ? Admits(order) : throw row.Damage(fault, "");
    }

    /// <summary>Whether the operator holds for what a comparison has shown.</summary>
    /// <param name="order">Negative: the value is less than the constant; 0: they are equal.</param>
    public bool Admits(int order) => comparison switch
    {
        ComparisonOperator.Equal => order == 0,
        ComparisonOperator.NotEqual => order != 0,
        ComparisonOperator.Less => order < 0,
        ComparisonOperator.LessOrEqual => order <= 0,
        ComparisonOperator.Greater => order > 0,
        ComparisonOperator.GreaterOrEqual => order >= 0,
        _ => throw new InvalidOperationException($"There is no operator {comparison}."),
    };

    /// <summary>Compares a value with the constant.</summary>
    /// <param name="value">The value, as rows hand it out.</param>
    /// <param name="order">Negative: it is less; 0: it is equal.</param>
    /// <returns><see cref="DataFault.ValueFormat"/> if the bytes are no value of the type.</returns>
    public abstract DataFault TryCompare(ReadOnlySpan<byte> value, out int order);
}
