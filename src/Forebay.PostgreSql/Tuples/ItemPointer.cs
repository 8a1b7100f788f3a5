using System.Globalization;

namespace Forebay.PostgreSql.Tuples;

/// <summary>Where a row version lies: a block of its table and an item on it. The column <c>ctid</c>.</summary>
/// <param name="Block">The block.</param>
/// <param name="Item">The item number, from 1.</param>
public readonly record struct ItemPointer(uint Block, ushort Item) : IComparable<ItemPointer>
{
    /// <summary>The size in bytes of a stored one.</summary>
    public const int Size = 6;

    /// <summary>Takes one from where it is stored: the block's high half, its low half, the item.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    /// <returns>The pointer, whether it leads anywhere or not.</returns>
    public static ItemPointer Read(ReadOnlySpan<byte> bytes) => new(
        ((uint)(bytes[0] | (bytes[1] << 8)) << 16) | (uint)(bytes[2] | (bytes[3] << 8)),
        (ushort)(bytes[4] | (bytes[5] << 8)));

    /// <inheritdoc/>
    public int CompareTo(ItemPointer other) =>
        Block != other.Block ? Block.CompareTo(other.Block) : Item.CompareTo(other.Item);

    /// <summary>As PostgreSQL prints it: <c>(block,item)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Block},{Item})");

    /// <summary>Whether one lies before another.</summary>
    public static bool operator <(ItemPointer left, ItemPointer right) => left.CompareTo(right) < 0;

    /// <summary>Whether one lies after another.</summary>
    public static bool operator >(ItemPointer left, ItemPointer right) => left.CompareTo(right) > 0;

    /// <summary>Whether one lies before another or is the same.</summary>
    public static bool operator <=(ItemPointer left, ItemPointer right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one lies after another or is the same.</summary>
    public static bool operator >=(ItemPointer left, ItemPointer right) => left.CompareTo(right) >= 0;
}
