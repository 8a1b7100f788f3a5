using System.Runtime.CompilerServices;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>The visible rows of a range of an index, in its order, with the table's pages looked ahead of.</summary>
/// <remarks>
/// The places come from the leaves, and go through a read stream that is paused where none is known yet and resumed
/// when a leaf has brought more. How many are kept ahead grows with what the scan has read: a scan that stops after a
/// few rows reads one leaf.
/// </remarks>
public sealed class IndexScan : HeapScan
{
    private const int AheadMax = 2048;

    private static readonly ReadStreamOptions s_streamOptions = new() { Flags = ReadStreamFlags.UseBatching };

    private readonly LeafReader _leaves;
    private readonly IndexLeaf _leaf = new(keepsPage: false);
    private readonly TidQueue _queue = new();
    private readonly ReadStream<TidRuns, TidRun> _stream;
    private int _ahead = 1;
    private bool _isLast;

    internal IndexScan(BTreeIndex index, IndexRange range, ReadStreamOptions? how = null)
        : base(index.Table)
    {
        Index = index;
        _leaves = new LeafReader(index, range);
        _stream = index.Table.Session.OpenReadStream<TidRuns, TidRun>(
            index.Table.Main, new TidRuns(_queue), how ?? s_streamOptions);
    }

    /// <summary>The index.</summary>
    public BTreeIndex Index { get; }

    /// <summary>What was done on the table's side.</summary>
    public override ScanStatistics Statistics => new(Rows, _stream.Statistics);

    /// <summary>What was done on the index's side; rows are its entries.</summary>
    public ScanStatistics IndexStatistics => _leaves.Statistics;

    /// <summary>Pages of the index that were read by themselves: the way down, and what names leaves.</summary>
    public long IndexPagesAbove => _leaves.SinglePages;

    private protected override PinnedPage Turned => _stream.Current;

    /// <summary>
    /// Begins anew, with another value of the first key, which the range names: what was allocated is used again.
    /// </summary>
    internal void Restart(IndexKey key)
    {
        Release();
        _leaves.Restart(key);
        _isLast = false;
    }

    /// <summary>Gives all pages back until <see cref="Restart"/>.</summary>
    internal void Release()
    {
        SkipRest();
        _leaves.Release();
        // A stream that has delivered all goes on with the distance that it has reached.
        if (_queue.IsDrained)
            return;
        _queue.Clear();
        _stream.Reset();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _stream.Dispose();
        _leaf.Dispose();
        _leaves.Dispose();
    }

    private protected override bool TryTurn(out PinnedPage page)
    {
        while (true)
        {
            if (WantsLeaf)
                Load(_leaves.TryNext(_leaf));
            else if (_stream.TryNext(out page))
                return true;
            else if (IsAtEnd())
                return false;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private protected override async ValueTask<bool> TurnAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (WantsLeaf)
                Load(await _leaves.NextAsync(_leaf, cancellationToken).ConfigureAwait(false));
            else if (await _stream.NextAsync(cancellationToken).ConfigureAwait(false))
                return true;
            else if (IsAtEnd())
                return false;
        }
    }

    private protected override int Choose(in ItemPage page, uint block, Span<ushort> items)
    {
        TidRun run = _stream.CurrentData;
        for (int i = 0; i < run.Count; i++)
            items[i] = _queue[run.Start + i].Item;
        _queue.Take(run);
        return ChooseVersions(page, block, items[..run.Count]);
    }

    private bool WantsLeaf => !_isLast && _queue.Unnamed < _ahead && _queue.HasRoom;

    private void Load(bool found)
    {
        _isLast = !found;
        _ahead = Math.Min(2 * _ahead, AheadMax);
        if (found)
        {
            foreach (ItemPointer place in _leaf.Places)
                _queue.Add(place);
        }

        _stream.Resume();
    }

    // The stream ends where the queue was empty; there may be more by now.
    private bool IsAtEnd()
    {
        if (_isLast && _queue.Unnamed == 0)
            return true;
        _stream.Resume();
        return false;
    }
}
