using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>A key of an index: how its values are compared, and which way they run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">How values are compared.</param>
/// <param name="IsDescending">Whether the greatest comes first.</param>
/// <param name="NullsFirst">Whether nulls come before everything else.</param>
internal sealed record KeyColumn(string Name, KeyKind Kind, bool IsDescending, bool NullsFirst)
{
    private IndexKeySort Sort => Kind switch
    {
        KeyKind.Int16 or KeyKind.Int32 or KeyKind.Int64 or KeyKind.UInt32 or KeyKind.Byte => IndexKeySort.Number,
        KeyKind.Float32 or KeyKind.Float64 => IndexKeySort.Float,
        KeyKind.Decimal => IndexKeySort.Decimal,
        KeyKind.Bytes or KeyKind.PaddedBytes or KeyKind.ZeroTerminated or KeyKind.FixedBytes or KeyKind.SingleByte =>
            IndexKeySort.Bytes,
        _ => IndexKeySort.Bytes,
    };

    /// <summary>Refuses a value of the wrong sort.</summary>
    public void Check(IndexKey key)
    {
        if (key.Sort != Sort)
            throw new ArgumentException($"Key {Name} is compared with a value of sort {Sort}, not {key.Sort}.");
    }

    /// <summary>Where a stored value lies relative to a given one, in the order of the index.</summary>
    public DataFault Compare(ReadOnlySpan<byte> stored, IndexKey key, VarlenaReader values, out int order)
    {
        DataFault fault;
        ReadOnlySpan<byte> content;
        order = 0;
        switch (Kind)
        {
            case KeyKind.Int16:
                order = ((long)BinaryPrimitives.ReadInt16LittleEndian(stored)).CompareTo(key.Number);
                break;
            case KeyKind.Int32:
                order = ((long)BinaryPrimitives.ReadInt32LittleEndian(stored)).CompareTo(key.Number);
                break;
            case KeyKind.Int64:
                order = BinaryPrimitives.ReadInt64LittleEndian(stored).CompareTo(key.Number);
                break;
            case KeyKind.UInt32:
                order = ((long)BinaryPrimitives.ReadUInt32LittleEndian(stored)).CompareTo(key.Number);
                break;
            case KeyKind.Byte:
                order = ((long)stored[0]).CompareTo(key.Number);
                break;
            case KeyKind.Bytes:
            case KeyKind.PaddedBytes:
                fault = values.TryRead(stored, out content);
                if (fault != DataFault.None)
                    return fault;
                order = Kind == KeyKind.Bytes
                    ? content.SequenceCompareTo(key.Bytes)
                    : content.TrimEnd((byte)' ').SequenceCompareTo(key.Bytes.TrimEnd((byte)' '));
                break;
            case KeyKind.ZeroTerminated:
                int end = stored.IndexOf((byte)0);
                order = (end < 0 ? stored : stored[..end]).SequenceCompareTo(key.Bytes);
                break;
            case KeyKind.Float32:
                order = Compare(BinaryPrimitives.ReadSingleLittleEndian(stored), key.Float);
                break;
            case KeyKind.Float64:
                order = Compare(BinaryPrimitives.ReadDoubleLittleEndian(stored), key.Float);
                break;
            case KeyKind.Decimal:
                fault = values.TryRead(stored, out content);
                if (fault == DataFault.None)
                    fault = key.Decimal.Compare(content, out order);
                if (fault != DataFault.None)
                    return fault;
                break;
            case KeyKind.FixedBytes:
            case KeyKind.SingleByte:
            default:
                order = stored.SequenceCompareTo(key.Bytes);
                break;
        }

        if (IsDescending)
            order = -Math.Sign(order);
        return DataFault.None;
    }

    // NaN is equal to itself and greater than all else.
    private static int Compare(double left, double right) => double.IsNaN(left) || double.IsNaN(right)
        ? double.IsNaN(left).CompareTo(double.IsNaN(right))
        : left.CompareTo(right);
}
