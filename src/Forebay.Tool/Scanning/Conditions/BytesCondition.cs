using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans.BTree;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>Text, bytes and UUIDs, byte by byte.</summary>
/// <param name="column">The column, from 0.</param>
/// <param name="comparison">The operator.</param>
/// <param name="constant">The constant.</param>
/// <param name="isPadded">Whether spaces at the end do not count: char(n).</param>
/// <param name="endsAtZero">Whether a zero byte ends the value: name.</param>
internal sealed class BytesCondition(
    int column, ComparisonOperator comparison, byte[] constant, bool isPadded = false, bool endsAtZero = false)
    : Condition(column, comparison)
{
    private readonly byte[] _constant = isPadded ? constant.AsSpan().TrimEnd((byte)' ').ToArray() : constant;

    /// <inheritdoc/>
    public override IndexKey? Key => IndexKey.Of(_constant);

    /// <inheritdoc/>
    public override DataFault TryCompare(ReadOnlySpan<byte> value, out int order)
    {
        if (endsAtZero && value.IndexOf((byte)0) is >= 0 and int end)
            value = value[..end];
        if (isPadded)
            value = value.TrimEnd((byte)' ');
        order = value.SequenceCompareTo(_constant);
        return DataFault.None;
    }
}
