using System.Diagnostics.Metrics;
using Forebay.Handles;
using Forebay.Methods.IoUring;
using Forebay.Methods.Worker;

namespace Forebay.Diagnostics;

/// <summary>
/// The instruments of one instance, under the meter "Forebay". All are observable: who collects calls, and the views
/// are read then; the I/O itself tells nobody anything. Names and units are promises: docs/metrics.md lists them.
/// </summary>
internal sealed class InstanceMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Forebay";

    private readonly Meter _meter;
    private readonly Func<ForebayStatistics?> _statistics;

    /// <summary>Publishes the instruments.</summary>
    /// <param name="views">What is read.</param>
    /// <param name="gate">Keeps it there meanwhile.</param>
    /// <param name="statistics">
    /// Counts, with what the process knows of its method; null = the instance is closed.
    /// </param>
    /// <param name="stuck">Operations reported as stuck.</param>
    /// <param name="dataDirectory">Tells instances apart.</param>
    public InstanceMeter(SegmentViews views, ViewGate gate, Func<ForebayStatistics?> statistics, Func<long> stuck,
        string dataDirectory)
    {
        _statistics = statistics;
        _meter = new Meter(new MeterOptions(MeterName)
        {
            Version = typeof(InstanceMeter).Assembly.GetName().Version?.ToString(3),
            Tags = [new("forebay.data_directory", dataDirectory), new("forebay.io_method", views.Method)],
        });
        AddIo();
        AddPool(gate, views.Buffers);
        _meter.CreateObservableUpDownCounter("forebay.io.in_flight",
            () => InFlight(gate.LookOr(views.InFlight.Take, [])), "{operation}", "I/O handles in use, by state.");
        _meter.CreateObservableCounter("forebay.io.stuck", stuck, "{operation}",
            "Operations that were reported as stuck.");
        _meter.CreateObservableUpDownCounter("forebay.sessions.open",
            () => gate.LookOr(() => views.OpenSessions, 0), "{session}", "Sessions that are open.");
        _meter.CreateObservableUpDownCounter("forebay.sessions.waiting",
            () => gate.LookOr(() => views.Waits.Take().Count, 0), "{session}", "Sessions that wait.");
        if (views.Method == WorkerMethod.MethodName)
            AddWorkers();
        if (views.Method == IoUringMethod.MethodName)
            AddRings();
    }

    /// <summary>Withdraws the instruments.</summary>
    public void Dispose() => _meter.Dispose();

    private void AddIo()
    {
        _meter.CreateObservableCounter("forebay.io.operations",
            () => Rows(static row => row.Operations), "{operation}", "Operations, hits, evictions and reuses.");
        _meter.CreateObservableCounter("forebay.io.bytes",
            () => Rows(static row => row.Bytes), "By", "Bytes that operations asked for.");
        _meter.CreateObservableCounter("forebay.io.time",
            () => Rows(static row => row.Time.TotalSeconds), "s", "Time from submission to result.");
        _meter.CreateObservableCounter("forebay.io.latency", Latencies, "{operation}",
            "Operations by the power of two below which their time was.");
        Pool("forebay.pool.joined", static pool => pool.Joined, "{page}",
            "Pages whose read somebody else had started.");
        Pool("forebay.pool.waits", static pool => pool.Waits, "{wait}", "Times that a read had to be waited for.");
        Pool("forebay.pool.bisections", static pool => pool.Bisections, "{operation}",
            "Operations issued to find the page of a run that cannot be read.");
        Pool("forebay.pool.write_back_failures", static pool => pool.WriteBackFailures, "{operation}",
            "Writes of dirty victims that have failed.");
    }

    private void AddPool(ViewGate gate, BufferView buffers)
    {
        _meter.CreateObservableUpDownCounter("forebay.pool.frames",
            () => Frames(gate.LookOr<BufferSummary?>(buffers.Summarize, null)), "{frame}", "Frames by what they hold.");
        _meter.CreateObservableUpDownCounter("forebay.pool.pinned",
            () => gate.LookOr(() => buffers.Summarize().Pinned, 0), "{frame}", "Frames that somebody has pinned.");
    }

    private void AddWorkers()
    {
        Workers("forebay.worker.count", static workers => workers.Workers, "{worker}", "Workers that run.");
        Workers("forebay.worker.idle", static workers => workers.IdleWorkers, "{worker}", "Workers that sleep.");
        Workers("forebay.worker.queue_depth", static workers => workers.QueueDepth, "{operation}",
            "Operations that wait for a worker.");
        _meter.CreateObservableCounter("forebay.worker.executed", () => _statistics()?.Workers is { } workers
            ?
            [
                Tagged(workers.ExecutedByWorkers, "worker"),
                Tagged(workers.ExecutedContended, "submitter_contended"),
                Tagged(workers.ExecutedFull, "submitter_full"),
                Tagged(workers.ExecutedNoWorker, "submitter_no_worker"),
            ]
            : Array.Empty<Measurement<long>>(), "{operation}", "Operations by who executed them.");
        _meter.CreateObservableCounter("forebay.worker.started", () => _statistics()?.Workers?.Started ?? 0, "{worker}",
            "Workers started.");
        _meter.CreateObservableCounter("forebay.worker.died", () => _statistics()?.Workers?.Died ?? 0, "{worker}",
            "Workers that an exception ended.");

        static Measurement<long> Tagged(long value, string by) =>
            new(value, new KeyValuePair<string, object?>("by", by));
    }

    private void AddRings()
    {
        _meter.CreateObservableUpDownCounter("forebay.device.in_flight", () => _statistics()?.IoUring?.InFlight ?? 0,
            "{operation}", "Operations at the device.");
        _meter.CreateObservableUpDownCounter("forebay.device.waiting", () => _statistics()?.IoUring?.Waiting ?? 0,
            "{operation}", "Operations over the device's budget.");
        Rings("forebay.ring.completed", static ring => ring.Completed, "{operation}", "Completions taken out.");
        Rings("forebay.ring.submit_calls", static ring => ring.SubmitCalls, "{call}", "Kernel entries that submitted.");
        Rings("forebay.ring.wait_calls", static ring => ring.WaitCalls, "{call}", "Kernel entries that waited.");
        Rings("forebay.ring.refusals", static ring => ring.Refusals, "{call}", "Submissions that the kernel put off.");
    }

    private void Pool(string name, Func<PoolStatistics, long> value, string unit, string description) =>
        _meter.CreateObservableCounter(name, () => _statistics() is { } now
            ?
            [
                new Measurement<long>(value(now.Shared), new KeyValuePair<string, object?>("pool", "shared")),
                new Measurement<long>(value(now.Temporary), new KeyValuePair<string, object?>("pool", "temporary")),
            ]
            : Array.Empty<Measurement<long>>(), unit, description);

    private void Workers(string name, Func<WorkerStatistics, int> value, string unit, string description) =>
        _meter.CreateObservableUpDownCounter(
            name, () => _statistics()?.Workers is { } workers ? value(workers) : 0, unit, description);

    private void Rings(string name, Func<IoUringRingReading, long> value, string unit, string description) =>
        _meter.CreateObservableCounter(name, () => (_statistics()?.Rings ?? []).Select(ring =>
            new Measurement<long>(value(ring), new KeyValuePair<string, object?>("ring", ring.Ring))),
            unit, description);

    private IEnumerable<Measurement<T>> Rows<T>(Func<IoStatistics, T> value)
        where T : struct =>
        (_statistics()?.Rows ?? []).Select(row => new Measurement<T>(value(row), TagsOf(row)));

    private IEnumerable<Measurement<long>> Latencies()
    {
        foreach (IoStatistics row in _statistics()?.Rows ?? [])
        {
            foreach (LatencyBucket bucket in row.Latencies)
            {
                double below = bucket.Below == Timeout.InfiniteTimeSpan
                    ? double.PositiveInfinity
                    : bucket.Below.TotalSeconds;
                if (bucket.Operations > 0)
                    yield return new Measurement<long>(bucket.Operations, [.. TagsOf(row), new("below_s", below)]);
            }
        }
    }

    private static KeyValuePair<string, object?>[] TagsOf(IoStatistics row) =>
    [
        new("object", ViewWords.Of(row.Object)),
        new("context", ViewWords.Of(row.Context)),
        new("operation", ViewWords.Of(row.Operation)),
    ];

    private static IEnumerable<Measurement<int>> InFlight(List<InFlightOperation> rows) =>
        Enum.GetValues<IoHandleState>().Where(state => state != IoHandleState.Idle).Select(state =>
            new Measurement<int>(rows.Count(row => row.State == state),
                new KeyValuePair<string, object?>("state", ViewWords.Of(state))));

    private static IEnumerable<Measurement<int>> Frames(BufferSummary? summary) => summary is null
        ? []
        :
        [
            new(summary.Frames - summary.Used, new KeyValuePair<string, object?>("state", "free")),
            new(summary.Used - summary.Dirty, new KeyValuePair<string, object?>("state", "clean")),
            new(summary.Dirty, new KeyValuePair<string, object?>("state", "dirty")),
        ];
}
