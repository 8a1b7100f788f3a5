using Forebay.Diagnostics;
using Forebay.Methods.IoUring;
using Forebay.Methods.Worker;

namespace Forebay;

/// <summary>What goes on inside, for people and monitors. Any thread; nobody who does I/O is slowed down.</summary>
public sealed partial class ForebayInstance
{
    private readonly ViewGate _views = new();
    private readonly SegmentViews _seen;

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
