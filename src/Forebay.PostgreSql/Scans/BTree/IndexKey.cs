using System.Text;
using Forebay.PostgreSql.Types;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>A value that keys of an index are compared with.</summary>
/// <remarks>
/// A number for integers and object ids, for dates (days since 2000-01-01), times and timestamps (microseconds since
/// midnight or 2000-01-01) and booleans (0, 1). A float for float4 and float8, a decimal for numeric. Bytes for texts,
/// in the encoding of the database, for "char", bytea and uuid. Null for keys that are null.
/// </remarks>
public readonly struct IndexKey : IEquatable<IndexKey>
{
    private readonly long _number;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly DecimalConstant? _decimal;

    private IndexKey(
        IndexKeySort sort, long number = 0, ReadOnlyMemory<byte> bytes = default, DecimalConstant? constant = null)
    {
        Sort = sort;
        _number = number;
        _bytes = bytes;
        _decimal = constant;
    }

    /// <summary>No value: in the prefix of a range it stands for keys that are null.</summary>
    public static IndexKey Null => default;

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => Sort == IndexKeySort.Number;

    /// <summary>Whether it is null.</summary>
    public bool IsNull => Sort == IndexKeySort.Null;

    internal IndexKeySort Sort { get; }

    internal long Number => _number;

    internal double Float => BitConverter.Int64BitsToDouble(_number);

    internal DecimalConstant Decimal => _decimal!;

    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>A number; it may be out of the range of the key's type.</summary>
    /// <param name="number">The number.</param>
    public static IndexKey Of(long number) => new(IndexKeySort.Number, number);

    /// <summary>A float; NaN is greater than all others.</summary>
    /// <param name="number">The number.</param>
    public static IndexKey Of(double number) => new(IndexKeySort.Float, BitConverter.DoubleToInt64Bits(number));

    /// <summary>A decimal number, for numeric.</summary>
    /// <param name="number">The number.</param>
    public static IndexKey Of(DecimalConstant number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return new IndexKey(IndexKeySort.Decimal, constant: number);
    }

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes; not copied.</param>
    public static IndexKey Of(ReadOnlyMemory<byte> bytes) => new(IndexKeySort.Bytes, bytes: bytes);

    /// <summary>A text, in UTF-8.</summary>
    /// <param name="text">The text.</param>
    public static IndexKey Of(string text) => new(IndexKeySort.Bytes, bytes: Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    public bool Equals(IndexKey other) => Sort == other.Sort && _number == other._number
        && ReferenceEquals(_decimal, other._decimal) && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IndexKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_number);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Whether two are the same.</summary>
    public static bool operator ==(IndexKey left, IndexKey right) => left.Equals(right);

    /// <summary>Whether two differ.</summary>
    public static bool operator !=(IndexKey left, IndexKey right) => !left.Equals(right);
}
