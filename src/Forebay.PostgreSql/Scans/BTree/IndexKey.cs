using System.Text;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>A value that keys of an index are compared with; never null.</summary>
/// <remarks>
/// A number for integers and object ids, for dates (days since 2000-01-01), times and timestamps (microseconds since
/// midnight or 2000-01-01) and booleans (0, 1). Bytes for texts, in the encoding of the database, for bytea and uuid.
/// </remarks>
public readonly struct IndexKey : IEquatable<IndexKey>
{
    private readonly long _number;
    private readonly ReadOnlyMemory<byte> _bytes;

    private IndexKey(long number, ReadOnlyMemory<byte> bytes, bool isNumber)
    {
        _number = number;
        _bytes = bytes;
        IsNumber = isNumber;
    }

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber { get; }

    internal long Number => _number;

    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    /// <summary>A number; it may be out of the range of the key's type.</summary>
    /// <param name="number">The number.</param>
    public static IndexKey Of(long number) => new(number, default, isNumber: true);

    /// <summary>Bytes.</summary>
    /// <param name="bytes">The bytes; not copied.</param>
    public static IndexKey Of(ReadOnlyMemory<byte> bytes) => new(0, bytes, isNumber: false);

    /// <summary>A text, in UTF-8.</summary>
    /// <param name="text">The text.</param>
    public static IndexKey Of(string text) => new(0, Encoding.UTF8.GetBytes(text), isNumber: false);

    /// <inheritdoc/>
    public bool Equals(IndexKey other) =>
        IsNumber == other.IsNumber && _number == other._number && Bytes.SequenceEqual(other.Bytes);

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
