using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans;

/// <summary>Row versions from one place of a table to another, both included.</summary>
/// <param name="Low">The first place.</param>
/// <param name="High">The last place.</param>
public readonly record struct TidRange(ItemPointer Low, ItemPointer High)
{
    /// <summary>A whole table.</summary>
    public static TidRange All { get; } =
        new(new ItemPointer(0, 0), new ItemPointer(uint.MaxValue - 1, ushort.MaxValue));

    /// <summary>All rows of some blocks.</summary>
    /// <param name="first">The first block.</param>
    /// <param name="last">The last block, included.</param>
    public static TidRange OfBlocks(uint first, uint last) =>
        new(new ItemPointer(first, 0), new ItemPointer(last, ushort.MaxValue));

    /// <summary>Whether all items of a block that lies in the range do too.</summary>
    internal bool HasAllOf(uint block) =>
        (block != Low.Block || Low.Item <= 1) && (block != High.Block || High.Item == ushort.MaxValue);

    /// <summary>Whether an item of a block that lies in the range does too.</summary>
    internal bool Has(uint block, ushort item) =>
        (block != Low.Block || item >= Low.Item) && (block != High.Block || item <= High.Item);
}
