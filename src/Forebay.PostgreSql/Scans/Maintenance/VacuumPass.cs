using Forebay.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans.Maintenance;

/// <summary>
/// Looks at a table as the first pass of a VACUUM does, changes nothing, and tells what there is and what a VACUUM
/// would gain.
/// </summary>
/// <remarks>
/// Pages come through the ring of maintenance work, and are looked ahead of as far as
/// <c>maintenance_io_concurrency</c> says. The visibility map is asked for a stretch of the table at a time, between
/// pages and not while the stream looks ahead; so operations can go out in batches. One flow at a time, that of the
/// session.
/// </remarks>
public sealed class VacuumPass : IDisposable
{
    private const int RowAlignment = 8;
    private const uint FirstNormalTransaction = 3;

    private readonly HeapRelation _table;
    private readonly VacuumPassOptions _options;
    private readonly VisibilityMap _map;
    private readonly List<BlockRange> _ranges = [];
    private readonly ReadStream<UnskippedBlocks> _stream;
    private readonly uint _blocks;
    private uint _loaded;
    private VacuumReport _report;

    /// <summary>Prepares a pass.</summary>
    /// <param name="table">The table.</param>
    /// <param name="options">What it looks at; null = as PostgreSQL does it.</param>
    public VacuumPass(HeapRelation table, VacuumPassOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        _table = table;
        _options = options ?? VacuumPassOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.SkipRunMin, 1);
        _blocks = table.BlockCount;
        _report = new VacuumReport { Pages = _blocks };
        _map = table.OpenVisibilityMap();
        _stream = table.Session.OpenReadStream(table.Main, new UnskippedBlocks(_ranges), new ReadStreamOptions
        {
            Flags = ReadStreamFlags.Maintenance | ReadStreamFlags.UseBatching,
            Strategy = AccessStrategy.Vacuum,
            Concurrency = _options.Concurrency,
        });
    }

    /// <summary>What has been found so far.</summary>
    public VacuumReport Report => _report;

    /// <summary>What the pass has done so far; rows are the live ones.</summary>
    public ScanStatistics Statistics => new(_report.Live, _stream.Statistics);

    /// <summary>Looks at what is left of the table; blocks the thread while pages are read.</summary>
    /// <returns>What was found.</returns>
    /// <exception cref="DamagedDataException">A page or a row makes no sense.</exception>
    /// <exception cref="PageException">A page fails the instance's check.</exception>
    public VacuumReport Run()
    {
        while (true)
        {
            while (_stream.TryNext(out PinnedPage page))
            {
                using (page)
                    Look(page);
            }

            if (_loaded >= _blocks)
                return _report;
            if (_options.SkipAllVisible)
                _map.Load(_loaded);
            LoadStretch();
        }
    }

    /// <summary>As <see cref="Run"/> without blocking the thread.</summary>
    /// <param name="cancellationToken">Ends the waiting; the pass can be gone on with.</param>
    public async ValueTask<VacuumReport> RunAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            while (await _stream.NextAsync(cancellationToken).ConfigureAwait(false))
            {
                using PinnedPage page = _stream.Current;
                Look(page);
            }

            if (_loaded >= _blocks)
                return _report;
            if (_options.SkipAllVisible)
                await _map.LoadAsync(_loaded, cancellationToken).ConfigureAwait(false);
            LoadStretch();
        }
    }

    /// <summary>Ends the pass.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        _map.Dispose();
    }

    /// <summary>Decides what to skip of the blocks of the next page of the visibility map, which is there.</summary>
    private void LoadStretch()
    {
        uint end = (uint)Math.Min(_blocks, (long)_loaded + VisibilityMap.BlocksPerPage);
        _ranges.Clear();
        uint wanted = _loaded; // the first block that is to be looked at and is in no range yet
        uint block = _loaded;
        while (_options.SkipAllVisible && block < end)
        {
            uint run = block;
            while (run < end && _map.IsAllVisible(run))
                run++;
            if (run - block >= _options.SkipRunMin)
            {
                if (block > wanted)
                    _ranges.Add(new BlockRange(wanted, block));
                _report = _report with { PagesSkipped = _report.PagesSkipped + (run - block) };
                wanted = run;
            }

            block = Math.Max(run, block + 1);
        }

        if (end > wanted)
            _ranges.Add(new BlockRange(wanted, end));
        _loaded = end;
        _stream.Source.Restart();
        _stream.Resume();
    }

    private void Look(PinnedPage page)
    {
        uint block = page.Block;
        DamagedDataException.ThrowIf(ItemPage.TryOpen(page.Span, out ItemPage items), _table.Main.Path, block);
        bool isNew = new PageHeader(page.Span).IsNew;
        VacuumReport report = _report with
        {
            PagesScanned = _report.PagesScanned + 1,
            PagesEmpty = _report.PagesEmpty + (items.Count == 0 ? 1 : 0),
            FreeBytes = _report.FreeBytes + (isNew ? page.Span.Length - PageHeader.Size : items.FreeBytes),
        };
        for (int item = 1; item <= items.Count; item++)
        {
            switch (items.Pointer(item).Kind)
            {
                case LinePointerKind.Unused:
                    report = report with { Unused = report.Unused + 1 };
                    break;
                case LinePointerKind.Redirect:
                    report = report with { Redirected = report.Redirected + 1 };
                    break;
                case LinePointerKind.Dead:
                    report = report with { Dead = report.Dead + 1 };
                    break;
                case LinePointerKind.Normal:
                default:
                    DataFault fault = Judge(items, item, ref report);
                    DamagedDataException.ThrowIf(fault, _table.Main.Path, block, item);
                    break;
            }
        }

        _report = report;
    }

    private DataFault Judge(scoped in ItemPage items, int item, ref VacuumReport report)
    {
        DataFault fault = items.TryItem(item, out ReadOnlySpan<byte> bytes);
        if (fault != DataFault.None)
            return fault;
        fault = HeapTuple.TryParse(bytes, out HeapTuple tuple);
        if (fault != DataFault.None)
            return fault;
        fault = _table.Visibility.Judge(tuple, out TupleFate fate);
        if (fault != DataFault.None)
            return fault;
        if (fate == TupleFate.Live)
        {
            report = report with { Live = report.Live + 1 };
            return DataFault.None;
        }

        fault = IsInSight(tuple, fate, out bool isInSight);
        if (fault != DataFault.None)
            return fault;
        if (isInSight)
        {
            report = report with { RecentlyDead = report.RecentlyDead + 1 };
            return DataFault.None;
        }

        int aligned = (bytes.Length + RowAlignment - 1) & -RowAlignment;
        report = report with { Dead = report.Dead + 1, ReclaimableBytes = report.ReclaimableBytes + aligned };
        return DataFault.None;
    }

    // Somebody may still look back on it, or, where it was inserted by who was only prepared, may yet commit it.
    private DataFault IsInSight(scoped in HeapTuple tuple, TupleFate fate, out bool isInSight)
    {
        isInSight = false;
        if (_options.Horizon is not { } horizon)
            return DataFault.None;
        uint transaction = tuple.Inserter;
        if (fate == TupleFate.Deleted)
        {
            DataFault fault = _table.Visibility.TryGetDeleter(tuple, out transaction);
            if (fault != DataFault.None)
                return fault;
        }
        else if (!_table.Visibility.IsUnfinished(tuple))
        {
            return DataFault.None;
        }

        isInSight = transaction >= FirstNormalTransaction && unchecked((int)(transaction - horizon)) >= 0;
        return DataFault.None;
    }
}
