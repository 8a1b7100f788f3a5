using Forebay.Diagnostics;
using Forebay.Methods.IoUring;
using Forebay.Methods.Worker;
using Forebay.Telemetry;

namespace Forebay;

/// <summary>What goes on inside, for people and monitors. Any thread; nobody who does I/O is slowed down.</summary>
public sealed partial class ForebayInstance
{
    private readonly ViewGate _views = new();
    private readonly SegmentViews _seen;
    private StuckWatch? _watch;
    private InstanceMeter? _meter;

    /// <summary>
    /// The I/O handles in use. Each row was true at one instant; all of them together are not one instant, and what
    /// moves on faster than it can be copied is left out.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The instance is disposed.</exception>
    public IReadOnlyList<InFlightOperation> GetInFlight() => _views.Look(_seen.InFlight.Take);

    /// <summary>What was done since the instance was opened, by closed sessions, too.</summary>
    /// <exception cref="ObjectDisposedException">The instance is disposed.</exception>
    public ForebayStatistics GetStatistics() => _views.Look(TakeStatistics);

    /// <summary>
    /// The frames of the shared pool that hold a page. Each row was true at one instant; all together are not.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The instance is disposed.</exception>
    public IReadOnlyList<BufferRow> GetBuffers() => _views.Look(_seen.Buffers.Take);

    /// <summary>The frames of the shared pool, counted.</summary>
    /// <exception cref="ObjectDisposedException">The instance is disposed.</exception>
    public BufferSummary GetBufferSummary() => _views.Look(_seen.Buffers.Summarize);

    /// <summary>The sessions that wait now, and for what.</summary>
    /// <exception cref="ObjectDisposedException">The instance is disposed.</exception>
    public IReadOnlyList<WaitingSession> GetWaits() => _views.Look(_seen.Waits.Take);

    // The last step of opening.
    private void StartWatching()
    {
        if (Options.StuckIoThreshold != Timeout.InfiniteTimeSpan)
        {
            _watch = new StuckWatch(
                _seen.InFlight, _views, Notices, Options.TimeProvider, Options.StuckIoThreshold);
        }

        _meter = new InstanceMeter(_seen, _views, () => _views.LookOr<ForebayStatistics?>(TakeStatistics, null),
            () => _watch?.Reported ?? 0, DataDirectory);
        ForebayEventSource.Log.InstanceStarted(DataDirectory, _seen.Method, PoolPages);
        if (Method.Requested == IoMethod.Auto && Method.Effective == IoMethod.Worker)
        {
            ForebayEventSource.Log.MethodFallback(
                ForebayNames.Of(Method.Requested), ForebayNames.Of(Method.Effective), Method.Reason);
        }
    }

    // Before the memory goes that the views look at; after all I/O, so that one that hangs now is still told of.
    private void StopWatching()
    {
        _watch?.Dispose();
        _meter?.Dispose();
        _views.Close();
        ForebayEventSource.Log.InstanceStopped(DataDirectory);
    }

    private ForebayStatistics TakeStatistics()
    {
        ForebayStatistics statistics = _seen.TakeStatistics();
        return _engine.Method switch
        {
            WorkerMethod workers => statistics.With(workers.Statistics),
            IoUringMethod rings => statistics.With(
                rings.Read(), [.. Enumerable.Range(0, rings.RingCount).Select(rings.ReadRing)]),
            _ => statistics,
        };
    }
}
