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
    private bool IsNumber => Kind switch
    {
        KeyKind.Int16 or KeyKind.Int32 or KeyKind.Int64 or KeyKind.UInt32 or KeyKind.Byte => true,
        KeyKind.Bytes or KeyKind.PaddedBytes or KeyKind.ZeroTerminated or KeyKind.FixedBytes => false,
        _ => false,
    };

    /// <summary>Refuses a value of the wrong sort.</summary>
    public void Check(IndexKey key)
    {
        if (key.IsNumber != IsNumber)
            throw new ArgumentException($"Key {Name} is compared with {(IsNumber ? "numbers" : "bytes")}.");
    }

    /// <summary>Where a stored value lies relative to a given one, in the order of the index.</summary>
    public DataFault Compare(ReadOnlySpan<byte> stored, IndexKey key, VarlenaReader values, out int order)
    {
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
                DataFault fault = values.TryRead(stored, out ReadOnlySpan<byte> content);
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
            case KeyKind.FixedBytes:
            default:
                order = stored.SequenceCompareTo(key.Bytes);
                break;
        }

        if (IsDescending)
            order = -Math.Sign(order);
        return DataFault.None;
    }
}
