using System.Runtime.CompilerServices;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>
/// What an index stores of the visible rows of a range, in its order. Of the table only those pages are read that the
/// visibility map does not call all-visible.
/// </summary>
/// <remarks>
/// A leaf is looked through as a whole: places on pages that are not all-visible go into a read stream, which reads
/// those pages ahead, across the ends of leaves. One flow at a time, that of the session; the leaf of the current row,
/// and a few that were looked through ahead of it, are pinned.
/// </remarks>
public sealed class IndexOnlyScan : IDisposable
{
    private const int AheadMax = 2048;

    private readonly LeafReader _leaves;
    private readonly IndexRowReader _reader;
    private readonly VisibilityMap _map;
    private readonly TidQueue _queue = new();
    private readonly LeafRing _ring = new();
    private readonly ReadStream<TidRuns, TidRun> _stream;
    private PinnedPage _heap;
    private TidRun _run;
    private int _inRun;
    private int _next;
    private int _current = -1;
    private int _ahead = 1;
    private bool _isLast;
    private long _rows;

    internal IndexOnlyScan(BTreeIndex index, IndexRange range)
    {
        Index = index;
        _reader = new IndexRowReader(index);
        _leaves = new LeafReader(index, range);
        _map = index.Table.OpenVisibilityMap();
        _stream = index.Table.Session.OpenReadStream<TidRuns, TidRun>(
            index.Table.Main, new TidRuns(_queue), new ReadStreamOptions { Flags = ReadStreamFlags.UseBatching });
    }

    private enum Turn
    {
        /// <summary>The scan is on a row.</summary>
        Row,

        /// <summary>A page of the table is needed.</summary>
        Heap,

        /// <summary>A page of the visibility map is needed.</summary>
        Map,

        /// <summary>A leaf is needed.</summary>
        Leaf,

        /// <summary>There is no row any more.</summary>
        End,
    }

    /// <summary>The index.</summary>
    public BTreeIndex Index { get; }

    /// <summary>Places whose page of the table had to be looked at.</summary>
    public long HeapFetches { get; private set; }

    /// <summary>What was done on the table's side.</summary>
    public ScanStatistics Statistics => new(_rows, _stream.Statistics);

    /// <summary>What was done on the index's side; rows are its entries.</summary>
    public ScanStatistics IndexStatistics => _leaves.Statistics;

    /// <summary>The row that <see cref="NextAsync"/> found; valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">The scan is not on a row.</exception>
    public IndexRow Current
    {
        get
        {
            if (_current < 0)
                throw new InvalidOperationException("The scan is not on a row.");
            IndexLeaf leaf = _ring.First.Leaf;
            (_reader.Block, _reader.Item) = (leaf.Block, leaf.Item(_current));
            DataFault fault = leaf.TryEntry(_current, out IndexEntry entry);
            DamagedDataException.ThrowIf(fault, Index.Main.Path, _reader.Block, _reader.Item);
            return new IndexRow(_reader, entry, leaf.Places[_current]);
        }
    }

    /// <summary>Takes the next row; blocks the thread while a page is being read.</summary>
    /// <param name="row">The row; valid until the next call.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="DamagedDataException">A page makes no sense.</exception>
    /// <exception cref="Forebay.Buffers.PageException">A page fails the instance's check.</exception>
    public bool TryNext(out IndexRow row)
    {
        bool found = Advance();
        row = found ? Current : default;
        return found;
    }

    /// <summary>Counts the rows that are left; blocks the thread while pages are read.</summary>
    /// <returns>How many there were; the scan is at its end.</returns>
    /// <exception cref="DamagedDataException">A page makes no sense.</exception>
    /// <exception cref="Forebay.Buffers.PageException">A page fails the instance's check.</exception>
    public long Count()
    {
        long before = _rows;
        while (Advance())
        {
            // Nothing of a row is looked at.
        }

        return _rows - before;
    }

    /// <summary>
    /// Takes the next row without blocking the thread; then it is <see cref="Current"/>. Where no page is needed:
    /// completes at once, without allocation.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the reading: the same row is next.</param>
    /// <returns>False at the end. Awaited before the session is used again.</returns>
    /// <exception cref="DamagedDataException">A page makes no sense.</exception>
    public ValueTask<bool> NextAsync(CancellationToken cancellationToken = default)
    {
        Turn turn = Prepare();
        return turn == Turn.Row ? new ValueTask<bool>(true) : AdvanceAsync(turn, cancellationToken);
    }

    /// <summary>Ends the scan and gives its pages back.</summary>
    public void Dispose()
    {
        _current = -1;
        _heap.Dispose();
        _stream.Dispose();
        _ring.Dispose();
        _leaves.Dispose();
        _map.Dispose();
    }

    private bool Advance()
    {
        while (true)
        {
            switch (Prepare())
            {
                case Turn.Row:
                    return true;
                case Turn.Heap:
                    EnterHeap(_stream.TryNext(out PinnedPage page), page);
                    break;
                case Turn.Map:
                    _map.Load(_ring.Last.NextBlock);
                    break;
                case Turn.Leaf:
                    EnterLeaf(_leaves.TryNext(_ring.Free.Leaf));
                    break;
                case Turn.End:
                default:
                    return false;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AdvanceAsync(Turn turn, CancellationToken cancellationToken)
    {
        for (; ; turn = Prepare())
        {
            switch (turn)
            {
                case Turn.Row:
                    return true;
                case Turn.Heap:
                    bool found = await _stream.NextAsync(cancellationToken).ConfigureAwait(false);
                    EnterHeap(found, found ? _stream.Current : default);
                    break;
                case Turn.Map:
                    await _map.LoadAsync(_ring.Last.NextBlock, cancellationToken).ConfigureAwait(false);
                    break;
                case Turn.Leaf:
                    EnterLeaf(await _leaves.NextAsync(_ring.Free.Leaf, cancellationToken).ConfigureAwait(false));
                    break;
                case Turn.End:
                default:
                    return false;
            }
        }
    }

    private Turn Prepare()
    {
        _current = -1;
        while (true)
        {
            if (_ring.Count > 0 && !_ring.Last.IsComplete)
            {
                if (!_ring.Last.TryComplete(_map, _queue))
                    return Turn.Map;
                _stream.Resume();
            }

            if (WantsLeaf)
                return Turn.Leaf;
            if (_ring.Count == 0)
                return Turn.End;
            LeafInHand hand = _ring.First;
            for (; _next < hand.Leaf.Count; _next++)
            {
                if (!hand.NeedsFetch(_next))
                    return OnRow();
                if (_inRun == _run.Count)
                    return Turn.Heap;
                HeapFetches++;
                if (IsVisible(_queue[_run.Start + _inRun++]))
                    return OnRow();
            }

            _ring.RemoveFirst();
            _next = 0;
        }
    }

    // Further leaves are of use only if they bring pages to read ahead.
    private bool WantsLeaf => !_isLast && (_ring.Count == 0
        || (_ring.HasRoom && _ring.Last.Fetches > 0 && _queue.Unnamed < _ahead && _queue.HasRoom));

    private Turn OnRow()
    {
        _current = _next++;
        _rows++;
        return Turn.Row;
    }

    private void EnterLeaf(bool found)
    {
        _isLast = !found;
        _ahead = Math.Min(2 * _ahead, AheadMax);
        if (found)
            _ring.AddFree();
    }

    private void EnterHeap(bool found, PinnedPage page)
    {
        if (!found)
        {
            _stream.Resume(); // it found the queue empty, and has been given more since
            return;
        }

        _heap.Dispose();
        _heap = page;
        _run = _stream.CurrentData;
        _inRun = 0;
        _queue.Take(_run);
    }

    private bool IsVisible(ItemPointer place)
    {
        string file = Index.Table.Main.Path;
        DamagedDataException.ThrowIf(ItemPage.TryOpen(_heap.Span, out ItemPage page), file, place.Block);
        DataFault fault = HotChain.TryFind(page, place.Item, Index.Table.Visibility, out int visible, out int item);
        DamagedDataException.ThrowIf(fault, file, place.Block, item);
        return visible != 0;
    }
}
