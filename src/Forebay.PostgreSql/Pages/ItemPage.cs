using System.Buffers.Binary;

namespace Forebay.PostgreSql.Pages;

/// <summary>A read-only view of a page that holds items behind line pointers: of a table or of most indexes.</summary>
/// <remarks>
/// Nothing is copied. <see cref="TryOpen"/> checks the header once; after that no item can reach outside the page.
/// An uninitialised page of zeros has no items.
/// </remarks>
public readonly ref struct ItemPage
{
    private const int ItemAlignment = 8;

    private readonly ReadOnlySpan<byte> _page;
    private readonly int _upper;
    private readonly int _special;

    private ItemPage(ReadOnlySpan<byte> page, int count, int upper, int special, bool isAllVisible)
    {
        _page = page;
        Count = count;
        _upper = upper;
        _special = special;
        IsAllVisible = isAllVisible;
    }

    /// <summary>How many line pointers the page has. Items are numbered from 1.</summary>
    public int Count { get; }

    /// <summary>Whether the page says that all its rows are visible to everybody.</summary>
    public bool IsAllVisible { get; }

    /// <summary>The bytes between the line pointers and the items.</summary>
    public int FreeBytes => _page.IsEmpty || _upper == 0 ? 0 : _upper - PageHeader.Size - (Count * LinePointer.Size);

    /// <summary>The access method's trailer at the end of the page; empty on pages of tables.</summary>
    public ReadOnlySpan<byte> Special => _page[_special..];

    /// <summary>The line pointers as they lie on the page, four bytes each.</summary>
    public ReadOnlySpan<byte> LinePointers =>
        Count == 0 ? default : _page.Slice(PageHeader.Size, Count * LinePointer.Size);

    /// <summary>The whole page.</summary>
    public ReadOnlySpan<byte> Bytes => _page;

    /// <summary>Looks at a page.</summary>
    /// <param name="page">The whole page; its length is taken for the page size.</param>
    /// <param name="items">The view; of no items if there is a fault.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public static DataFault TryOpen(ReadOnlySpan<byte> page, out ItemPage items)
    {
        items = default;
        if (page.Length < PageHeader.Size)
            return DataFault.PageHeader;
        var header = new PageHeader(page);
        int upper = header.Upper;
        if (upper == 0)
        {
            items = new ItemPage(page, 0, 0, page.Length, isAllVisible: false);
            return PageHeader.IsAllZero(page) ? DataFault.None : DataFault.PageNotZero;
        }

        if (header.Inspect() != PageHeaderFault.None)
            return DataFault.PageHeader;
        int pointerBytes = header.Lower - PageHeader.Size;
        if (pointerBytes < 0 || pointerBytes % LinePointer.Size != 0)
            return DataFault.LinePointerArray;
        bool allVisible = (header.Flags & PageHeaderBits.AllVisible) != 0;
        items = new ItemPage(page, pointerBytes / LinePointer.Size, upper, header.Special, allVisible);
        return DataFault.None;
    }

    /// <summary>One line pointer.</summary>
    /// <param name="item">Its number, 1 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line pointer.</exception>
    public LinePointer Pointer(int item)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(item, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(item, Count);
        return PointerOf(item);
    }

    /// <summary>The bytes of an item, whether it is normal or dead.</summary>
    /// <param name="item">Its number; any integer will do.</param>
    /// <param name="bytes">Its bytes, or nothing.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public DataFault TryItem(int item, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if ((uint)(item - 1) >= (uint)Count)
            return DataFault.NoSuchItem;
        LinePointer pointer = PointerOf(item);
        if (pointer.Length == 0 || pointer.Kind is LinePointerKind.Unused or LinePointerKind.Redirect)
            return DataFault.ItemWithoutBytes;
        int offset = pointer.Offset;
        if (offset % ItemAlignment != 0)
            return DataFault.ItemUnaligned;
        if (offset < _upper || offset + pointer.Length > _special)
            return DataFault.ItemOutsidePage;
        bytes = _page.Slice(offset, pointer.Length);
        return DataFault.None;
    }

    private LinePointer PointerOf(int item) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(_page[(PageHeader.Size + ((item - 1) * LinePointer.Size))..]));
}
