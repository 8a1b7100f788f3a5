using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans.BTree;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>Floats. NaN equals itself and is greater than everything else.</summary>
/// <param name="column">The column, from 0.</param>
/// <param name="comparison">The operator.</param>
/// <param name="constant">The constant, a float of the column's width.</param>
internal sealed class FloatCondition(int column, ComparisonOperator comparison, double constant)
    : Condition(column, comparison)
{
    /// <inheritdoc/>
    public override IndexKey? Key => IndexKey.Of(constant);

    /// <inheritdoc/>
    public override DataFault TryCompare(ReadOnlySpan<byte> value, out int order)
    {
        order = 0;
        if (value.Length is not (sizeof(float) or sizeof(double)))
            return DataFault.ValueFormat;
        double number = value.Length == sizeof(float)
            ? BinaryPrimitives.ReadSingleLittleEndian(value)
            : BinaryPrimitives.ReadDoubleLittleEndian(value);
        if (double.IsNaN(number) || double.IsNaN(constant))
            order = double.IsNaN(number).CompareTo(double.IsNaN(constant));
        else
            order = number.CompareTo(constant);
        return DataFault.None;
    }
}
