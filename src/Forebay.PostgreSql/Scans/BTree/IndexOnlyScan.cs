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
/// A leaf is looked through when the scan comes to it: places on pages that are not all-visible go into a read stream,
/// which reads those pages ahead. One flow at a time, that of the session; the leaf of the current row is pinned.
/// </remarks>
public sealed class IndexOnlyScan : IDisposable
{
    private readonly LeafReader _leaves;
    private readonly IndexRowReader _reader;
    private readonly VisibilityMap _map;
    private readonly TidQueue _queue = new();
    private readonly ReadStream<TidRuns, TidRun> _stream;
    private readonly bool[] _fetch = new bool[TidQueue.LeafMax];
    private PinnedPage _heap;
    private TidRun _run;
    private int _inRun;
    private int _next;
    private int _current = -1;
    private long _rows;

    internal IndexOnlyScan(BTreeIndex index, IndexRange range)
    {
        Index = index;
        _reader = new IndexRowReader(index);
        _leaves = new LeafReader(index, range) { KeepsLeaf = true };
        _map = index.Table.OpenVisibilityMap();
        _stream = index.Table.Session.OpenReadStream<TidRuns, TidRun>(
            index.Table.Main, new TidRuns(_queue), new ReadStreamOptions { Flags = ReadStreamFlags.UseBatching });
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
            (_reader.Block, _reader.Item) = (_leaves.LeafBlock, _leaves.Item(_current));
            return new IndexRow(_reader, _leaves.Entry(_current), _leaves.Places[_current]);
        }
    }

    /// <summary>Takes the next row; blocks the thread while a page is being read.</summary>
    /// <param name="row">The row; valid until the next call.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="DamagedDataException">A page makes no sense.</exception>
    /// <exception cref="Forebay.Buffers.PageException">A page fails the instance's check.</exception>
    public bool TryNext(out IndexRow row)
    {
        while (true)
        {
            switch (Prepare())
            {
                case Turn.Row:
                    row = Current;
                    return true;
                case Turn.Heap:
                    EnterHeap(_stream.TryNext(out PinnedPage page), page);
                    break;
                case Turn.Leaf:
                default:
                    if (!_leaves.TryNext())
                    {
                        row = default;
                        return false;
                    }

                    EnterLeaf();
                    break;
            }
        }
    }

    /// <summary>
    /// Takes the next row without blocking the thread; then it is <see cref="Current"/>. Pages of the visibility map,
    /// one for 32,672 of the table, are waited for on the thread.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the reading: the same row is next.</param>
    /// <returns>False at the end. Awaited before the session is used again.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            switch (Prepare())
            {
                case Turn.Row:
                    return true;
                case Turn.Heap:
                    bool found = await _stream.NextAsync(cancellationToken).ConfigureAwait(false);
                    EnterHeap(found, found ? _stream.Current : default);
                    break;
                case Turn.Leaf:
                default:
                    if (!await _leaves.NextAsync(cancellationToken).ConfigureAwait(false))
                        return false;
                    EnterLeaf();
                    break;
            }
        }
    }

    /// <summary>Ends the scan and gives its pages back.</summary>
    public void Dispose()
    {
        _current = -1;
        _heap.Dispose();
        _stream.Dispose();
        _leaves.Dispose();
        _map.Dispose();
    }

    private enum Turn
    {
        /// <summary>The scan is on a row.</summary>
        Row,

        /// <summary>A page of the table is needed.</summary>
        Heap,

        /// <summary>A leaf is needed.</summary>
        Leaf,
    }

    private Turn Prepare()
    {
        _current = -1;
        while (_next < _leaves.Places.Length)
        {
            if (_fetch[_next])
            {
                if (_inRun == _run.Count)
                    return Turn.Heap;
                ItemPointer place = _queue[_run.Start + _inRun++];
                HeapFetches++;
                if (!IsVisible(place))
                {
                    _next++;
                    continue;
                }
            }

            _current = _next++;
            _rows++;
            return Turn.Row;
        }

        return Turn.Leaf;
    }

    private void EnterLeaf()
    {
        _next = 0;
        ReadOnlySpan<ItemPointer> places = _leaves.Places;
        for (int i = 0; i < places.Length; i++)
        {
            _fetch[i] = !_map.IsAllVisible(places[i].Block);
            if (_fetch[i])
                _queue.Add(places[i]);
        }

        _stream.Resume();
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
