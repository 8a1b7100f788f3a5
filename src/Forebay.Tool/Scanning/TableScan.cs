using System.Runtime.ExceptionServices;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.PostgreSql.Scans.Bitmaps;
using Forebay.Tool.Scanning.Output;
using Forebay.Tool.Tables;

namespace Forebay.Tool.Scanning;

/// <summary>Runs a scan in one thread or several.</summary>
internal sealed class TableScan
{
    private const long BitmapBytesMax = 64 << 20;

    private readonly PostgreSqlCluster _cluster;
    private readonly ClusterTable _table;
    private readonly ScanPlan _plan;
    private readonly ScanLane[] _lanes;
    private readonly CancellationToken _interruption;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Prepares it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="table">The table.</param>
    /// <param name="plan">What comes out.</param>
    /// <param name="limit">The most rows that come out; null = all.</param>
    /// <param name="lanes">Threads, each with a session.</param>
    /// <param name="sink">Where rows go.</param>
    /// <param name="interruption">Ends it early.</param>
    public TableScan(
        PostgreSqlCluster cluster,
        ClusterTable table,
        ScanPlan plan,
        long? limit,
        int lanes,
        RowSink sink,
        CancellationToken interruption)
    {
        (_cluster, _table, _plan, _interruption) = (cluster, table, plan, interruption);
        RowQuota quota = new(limit);
        _lanes = new ScanLane[lanes];
        for (int i = 0; i < _lanes.Length; i++)
            _lanes[i] = new ScanLane(plan, sink, quota, interruption);
    }

    /// <summary>The index that the scan goes by; null = none. Then there is one lane.</summary>
    public CatalogIndex? Index { get; init; }

    /// <summary>What it is, for people.</summary>
    public string Kind => Index is not { } index
        ? $"Sequential scan of {_table.Name}, sessions: {_lanes.Length}"
        : HeapFetches is null
            ? $"Bitmap scan of {_table.Name} by index {index.Relation.Name}"
            : $"Index-only scan of {_table.Name} by index {index.Relation.Name}";

    /// <summary>What was done on the index's side; null without an index.</summary>
    public ScanStatistics? IndexStatistics { get; private set; }

    /// <summary>
    /// Rows for which an index-only scan had to look at the table; null of other scans.
    /// </summary>
    public long? HeapFetches { get; private set; }

    /// <summary>Rows that came out.</summary>
    public long Rows => _lanes.Sum(lane => lane.Rows);

    /// <summary>What was done.</summary>
    public ScanStatistics Statistics =>
        _lanes.Aggregate(default(ScanStatistics), (sum, lane) => sum + lane.Statistics);

    /// <summary>Runs it. What is left in the buffers is printed when all has gone well.</summary>
    /// <param name="instance">What the table is read through.</param>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    /// <exception cref="ReaderGoneException">Nobody reads any more.</exception>
    public void Run(ForebayInstance instance)
    {
        using ForebaySession session = instance.OpenSession();
        HeapRelation relation = HeapRelation.Open(session, _cluster, _table.Catalog, _table.Relation);
        if (Index is { } index)
            RunByIndex(relation, index);
        else
            RunAll(relation, instance.Options.IoCombineLimit);
        foreach (ScanLane lane in _lanes)
            lane.Flush();
    }

    private void RunByIndex(HeapRelation relation, CatalogIndex index)
    {
        BTreeIndex tree = IndexChoice.Open(relation, index);
        IndexRange range = IndexChoice.RangeOf(index, _plan.Conditions);
        if (IndexCover.Find(tree, _plan) is not { } columns)
        {
            RunByPlaces(relation, tree, range);
            return;
        }

        using IndexOnlyScan scan = tree.ScanIndexOnly(range);
        HeapFetches = 0;
        _lanes[0].Run(scan, columns);
        HeapFetches = scan.HeapFetches;
        IndexStatistics = scan.IndexStatistics;
    }

    // The places go through a bitmap, so that rows come in the order of their places, and each page is read once.
    private void RunByPlaces(HeapRelation relation, BTreeIndex tree, IndexRange range)
    {
        TidBitmap places = new(BitmapBytesMax);
        IndexStatistics = tree.AddPlaces(range, places);
        _interruption.ThrowIfCancellationRequested();
        using BitmapHeapScan scan = new(relation, places);
        _lanes[0].Run(scan);
    }

    private void RunAll(HeapRelation relation, int chunkMin)
    {
        SharedBlocks shared = new(0, relation.BlockCount, chunkMin);
        // Who counts pages without looking up ends when there are no more blocks to take.
        using (_interruption.Register(() => TakeAll(shared)))
        {
            Thread[] others = new Thread[_lanes.Length - 1];
            for (int i = 0; i < others.Length; i++)
            {
                ScanLane lane = _lanes[i + 1];
                others[i] = new Thread(() => RunOther(lane, relation, shared))
                {
                    IsBackground = true,
                    Name = $"scan {i + 1}",
                };
                others[i].Start();
            }

            RunLane(_lanes[0], relation, shared);
            foreach (Thread other in others)
                other.Join();
        }

        _failure?.Throw();
    }

    private void RunOther(ScanLane lane, HeapRelation relation, SharedBlocks shared)
    {
        try
        {
            using ForebaySession session = relation.Session.Instance.OpenSession();
            RunLane(lane, relation.OpenIn(session), shared);
        }
#pragma warning disable CA1031 // raised again where the lanes come together
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(failure, shared);
        }
    }

    private void RunLane(ScanLane lane, HeapRelation relation, SharedBlocks shared)
    {
        try
        {
            using SequentialScan scan = relation.ScanSequentially(new SequentialScanOptions { Shared = shared });
            lane.Run(scan);
        }
#pragma warning disable CA1031 // raised again where the lanes come together
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail(failure, shared);
        }
    }

    // The first failure counts; it ends the others soon.
    private void Fail(Exception failure, SharedBlocks shared)
    {
        // Full fence: one failure only is kept, and all of it is seen by who joins the threads.
        Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
        TakeAll(shared);
    }

    private static void TakeAll(SharedBlocks shared)
    {
        while (shared.TryTake(out _, out _))
        {
            // What is taken here is never read.
        }
    }
}
