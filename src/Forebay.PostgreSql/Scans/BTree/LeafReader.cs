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
    private long _entries;

    public LeafReader(BTreeIndex index, IndexRange range)
    {
        _index = index;
        _range = new KeyRange(index, range);
        _tableBlocks = index.Table.BlockCount;
        _walk = new LeafWalk(index, _range);
    }

    public long SinglePages => _walk.SinglePages;

    public ScanStatistics Statistics => new(_entries, _walk.Statistics);

    /// <summary>Reads the next leaf that the range leads to; blocks the thread while pages are read.</summary>
    /// <param name="leaf">Where its places go.</param>
    /// <returns>False if there is none.</returns>
    public bool TryNext(IndexLeaf leaf)
    {
        if (!_walk.TryNext(out PinnedPage page))
            return false;
        Read(page, leaf);
        return true;
    }

    /// <summary>As <see cref="TryNext"/> without blocking the thread.</summary>
    public async ValueTask<bool> NextAsync(IndexLeaf leaf, CancellationToken cancellationToken)
    {
        if (!await _walk.NextAsync(cancellationToken).ConfigureAwait(false))
            return false;
        Read(_walk.Current, leaf);
        return true;
    }

    /// <summary>Begins anew, with another value of the first key, which the range names.</summary>
    public void Restart(IndexKey key)
    {
        _range.MoveTo(key);
        _walk.Restart();
    }

    /// <summary>Gives all pages back until <see cref="Restart"/>.</summary>
    public void Release() => _walk.Release();

    public void Dispose() => _walk.Dispose();

    private void Read(PinnedPage pinned, IndexLeaf leaf)
    {
        leaf.Open(pinned);
        uint block = pinned.Block;
        try
        {
            Fail(BTreePage.TryOpen(pinned.Span, out BTreePage page), block, 0);
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
                    Add(page, block, item, leaf);
            }
        }
        finally
        {
            leaf.Close();
        }
    }

    private void Add(scoped in BTreePage page, uint block, int item, IndexLeaf leaf)
    {
        Fail(page.TryEntry(item, out IndexEntry entry), block, item);
        int before = leaf.Count;
        Fail(leaf.TryAdd(entry, item) ? DataFault.None : DataFault.IndexEntry, block, item);
        _entries++;
        foreach (ItemPointer place in leaf.Places[before..])
            Fail(place.Block < _tableBlocks && place.Item > 0 ? DataFault.None : DataFault.IndexPlace, block, item);
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
