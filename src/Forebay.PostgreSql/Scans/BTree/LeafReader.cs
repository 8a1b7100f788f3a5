using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>The places that a range of an index leads to, leaf by leaf.</summary>
internal sealed class LeafReader : IDisposable
{
    private readonly BTreeIndex _index;
    private readonly KeyRange _range;
    private readonly LeafWalk _walk;
    private readonly uint _tableBlocks;
    private readonly ItemPointer[] _places = new ItemPointer[TidQueue.LeafMax];
    private readonly ushort[] _items = new ushort[TidQueue.LeafMax];
    private PinnedPage _leaf;
    private int _count;
    private long _entries;

    public LeafReader(BTreeIndex index, IndexRange range)
    {
        _index = index;
        _range = new KeyRange(index, range);
        _tableBlocks = index.Table.BlockCount;
        _walk = new LeafWalk(index, _range);
    }

    /// <summary>What the last leaf led to.</summary>
    public ReadOnlySpan<ItemPointer> Places => _places.AsSpan(0, _count);

    /// <summary>Whether the leaf stays pinned until the next one is read: for a look at its entries.</summary>
    public bool KeepsLeaf { get; init; }

    /// <summary>The block of the leaf that is kept.</summary>
    public uint LeafBlock => _leaf.Block;

    public long SinglePages => _walk.SinglePages;

    public ScanStatistics Statistics => new(_entries, _walk.Statistics);

    /// <summary>Which item of the leaf led to a place.</summary>
    public int Item(int place) => _items[place];

    /// <summary>The entry of the kept leaf that led to a place.</summary>
    public IndexEntry Entry(int place)
    {
        Fail(BTreePage.TryOpen(_leaf.Span, out BTreePage page), _leaf.Block, 0);
        Fail(page.TryEntry(_items[place], out IndexEntry entry), _leaf.Block, _items[place]);
        return entry;
    }

    public bool TryNext()
    {
        if (!_walk.TryNext(out PinnedPage leaf))
            return false;
        Read(leaf);
        return true;
    }

    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        if (!await _walk.NextAsync(cancellationToken).ConfigureAwait(false))
            return false;
        Read(_walk.Current);
        return true;
    }

    public void Dispose()
    {
        _leaf.Dispose();
        _walk.Dispose();
    }

    private void Read(PinnedPage leaf)
    {
        _leaf.Dispose();
        _leaf = leaf;
        try
        {
            _count = 0;
            uint block = leaf.Block;
            Fail(BTreePage.TryOpen(leaf.Span, out BTreePage page), block, 0);
            if (page.First > page.Last)
                return;
            int item = FirstWithin(page, block);
            // The last entry tells of all: what lies between is not compared.
            bool whole = item <= page.Last && PlaceOf(page, block, page.Last) == KeyRange.Within;
            for (; item <= page.Last; item++)
            {
                if (!whole && PlaceOf(page, block, item) > KeyRange.Within)
                {
                    _walk.Stop();
                    return;
                }

                if (!page.IsDead(item))
                    Add(page, block, item);
            }
        }
        finally
        {
            if (!KeepsLeaf)
                leaf.Dispose();
        }
    }

    private void Add(scoped in BTreePage page, uint block, int item)
    {
        Fail(page.TryEntry(item, out IndexEntry entry), block, item);
        Fail(_count + entry.PlaceCount <= _places.Length ? DataFault.None : DataFault.IndexEntry, block, item);
        _entries++;
        for (int i = 0; i < entry.PlaceCount; i++)
        {
            ItemPointer place = entry.Place(i);
            Fail(place.Block < _tableBlocks && place.Item > 0 ? DataFault.None : DataFault.IndexPlace, block, item);
            _items[_count] = (ushort)item;
            _places[_count++] = place;
        }
    }

    private int FirstWithin(scoped in BTreePage page, uint block)
    {
        int low = page.First;
        int high = page.Last + 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (PlaceOf(page, block, middle) < KeyRange.Within)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private int PlaceOf(scoped in BTreePage page, uint block, int item)
    {
        DataFault fault = page.TryEntry(item, out IndexEntry entry);
        int place = KeyRange.Within;
        if (fault == DataFault.None)
            fault = _range.Place(entry, out place);
        Fail(fault, block, item);
        return place;
    }

    private void Fail(DataFault fault, uint block, int item) =>
        DamagedDataException.ThrowIf(fault, _index.Main.Path, block, item);
}
