using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>A read-only view of a page of a B-tree, the first one excepted.</summary>
/// <remarks>
/// Every page but the last of its level begins with a high key: nothing on the page is past it. On pages above the
/// leaves the first entry after that stands for minus infinity, whatever it holds.
/// </remarks>
internal readonly ref struct BTreePage
{
    public const uint NoBlock = 0;

    private const int SpecialBytes = 16;
    private const int NextOffset = 4;
    private const int LevelOffset = 8;
    private const int FlagsOffset = 12;
    private const ushort LeafFlag = 0x0001;
    private const ushort DeletedFlag = 0x0004;
    private const ushort MetaFlag = 0x0008;
    private const ushort HalfDeadFlag = 0x0010;

    private readonly ItemPage _items;
    private readonly ushort _flags;

    private BTreePage(ItemPage items)
    {
        _items = items;
        ReadOnlySpan<byte> special = items.Special;
        Next = BinaryPrimitives.ReadUInt32LittleEndian(special[NextOffset..]);
        Level = BinaryPrimitives.ReadUInt32LittleEndian(special[LevelOffset..]);
        _flags = BinaryPrimitives.ReadUInt16LittleEndian(special[FlagsOffset..]);
    }

    /// <summary>The page to the right on the same level, or <see cref="NoBlock"/>.</summary>
    public uint Next { get; }

    /// <summary>The level; leaves are on level 0. Of a deleted page it may be something else.</summary>
    public uint Level { get; }

    public bool IsLeaf => (_flags & LeafFlag) != 0;

    /// <summary>Whether the page is on its way out of the tree: what is on it is no longer meant.</summary>
    public bool IsIgnored => (_flags & (DeletedFlag | HalfDeadFlag)) != 0;

    public bool IsLast => Next == NoBlock;

    /// <summary>The number of the first entry.</summary>
    public int First => IsLast ? 1 : 2;

    /// <summary>The number of the last entry; less than <see cref="First"/> if there is none.</summary>
    public int Last => _items.Count;

    public static DataFault TryOpen(ReadOnlySpan<byte> bytes, out BTreePage page)
    {
        page = default;
        DataFault fault = ItemPage.TryOpen(bytes, out ItemPage items);
        if (fault != DataFault.None)
            return fault;
        if (items.Special.Length != SpecialBytes)
            return DataFault.IndexPage;
        page = new BTreePage(items);
        if ((page._flags & MetaFlag) != 0)
            return DataFault.IndexPage;
        bool sane = page.IsIgnored || (page.IsLeaf == (page.Level == 0) && (page.IsLast || page.Last > 0));
        return sane ? DataFault.None : DataFault.IndexPage;
    }

    /// <summary>One entry, or the high key as number 1.</summary>
    public DataFault TryEntry(int item, out IndexEntry entry)
    {
        entry = default;
        DataFault fault = _items.TryItem(item, out ReadOnlySpan<byte> bytes);
        return fault == DataFault.None ? IndexEntry.TryParse(bytes, out entry) : fault;
    }

    /// <summary>Whether an entry is known to lead to no row that anybody sees.</summary>
    public bool IsDead(int item) => _items.Pointer(item).Kind == LinePointerKind.Dead;
}
