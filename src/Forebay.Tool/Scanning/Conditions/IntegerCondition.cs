using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans.BTree;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>
/// Whole numbers of any width, and what is stored as such: days, microseconds. The constant need not be one: then it
/// lies above the whole number that it is rounded down to.
/// </summary>
/// <param name="column">The column, from 0.</param>
/// <param name="comparison">The operator.</param>
/// <param name="constant">The constant, rounded down.</param>
/// <param name="hasFraction">Whether it was.</param>
/// <param name="isSigned">Whether a number of 32 bits has a sign.</param>
internal sealed class IntegerCondition(
    int column, ComparisonOperator comparison, Int128 constant, bool hasFraction, bool isSigned = true)
    : Condition(column, comparison)
{
    // What no stored number reaches is as good as the end of the range and a bit.
    private readonly long _floor = (long)Int128.Clamp(constant, long.MinValue, long.MaxValue);
    private readonly int _orderAtFloor =
        constant < long.MinValue ? 1 : hasFraction || constant > long.MaxValue ? -1 : 0;

    /// <inheritdoc/>
    public override IndexKey? Key => IndexKey.Of(_floor);

    /// <inheritdoc/>
    public override DataFault TryCompare(ReadOnlySpan<byte> value, out int order)
    {
        long number;
        order = 0;
        switch (value.Length)
        {
            case sizeof(byte):
                number = value[0];
                break;
            case sizeof(short):
                number = BinaryPrimitives.ReadInt16LittleEndian(value);
                break;
            case sizeof(int):
                number = isSigned
                    ? BinaryPrimitives.ReadInt32LittleEndian(value)
                    : BinaryPrimitives.ReadUInt32LittleEndian(value);
                break;
            case sizeof(long):
                number = BinaryPrimitives.ReadInt64LittleEndian(value);
                break;
            default:
                return DataFault.ValueFormat;
        }

        order = number == _floor ? _orderAtFloor : number < _floor ? -1 : 1;
        return DataFault.None;
    }
}
