using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>
/// What a leaf leads to, of a range: places, and the entries that they come from. Used again and again.
/// </summary>
/// <param name="keepsPage">Whether the page stays pinned until the next one is filled in: to look at entries.</param>
internal sealed class IndexLeaf(bool keepsPage) : IDisposable
{
    private readonly ItemPointer[] _places = new ItemPointer[TidQueue.LeafMax];
    private readonly ushort[] _items = new ushort[TidQueue.LeafMax];
    private PinnedPage _page;

    /// <summary>How many places there are.</summary>
    public int Count { get; private set; }

    /// <summary>The places, in the order of the index.</summary>
    public ReadOnlySpan<ItemPointer> Places => _places.AsSpan(0, Count);

    /// <summary>The block of the page that is kept.</summary>
    public uint Block => _page.Block;

    /// <summary>Which item of the page leads to a place.</summary>
    public int Item(int place) => _items[place];

    /// <summary>Begins anew; the page is this object's from now on.</summary>
    public void Open(PinnedPage page)
    {
        _page.Dispose();
        _page = page;
        Count = 0;
    }

    /// <summary>The places of the page are all there.</summary>
    public void Close()
    {
        if (!keepsPage)
            Dispose();
    }

    /// <summary>Adds the places of an entry.</summary>
    /// <returns>False if there is no room: no leaf has so many.</returns>
    public bool TryAdd(scoped in IndexEntry entry, int item)
    {
        if (Count + entry.PlaceCount > _places.Length)
            return false;
        for (int i = 0; i < entry.PlaceCount; i++)
        {
            _items[Count] = (ushort)item;
            _places[Count++] = entry.Place(i);
        }

        return true;
    }

    /// <summary>The entry of the kept page that leads to a place.</summary>
    public DataFault TryEntry(int place, out IndexEntry entry)
    {
        entry = default;
        DataFault fault = BTreePage.TryOpen(_page.Span, out BTreePage page);
        return fault == DataFault.None ? page.TryEntry(_items[place], out entry) : fault;
    }

    /// <summary>Lets go of the page.</summary>
    public void Dispose()
    {
        _page.Dispose();
        _page = default;
    }
}
