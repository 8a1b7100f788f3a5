using Forebay.Handles;
using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Methods.IoUring;

/// <summary>
/// The method <c>io_uring</c>: a pool of rings that all sessions share. Any thread submits to any ring, and whoever
/// waits drains the ring that carries its operation, for everybody.
/// </summary>
/// <remarks>
/// An operation's way:
/// <code>
///   Submit ──budget?──▶ entry of a ring ──▶ kernel ──▶ completion queue ──drained by a waiter──▶ Sink.Complete
///      │ none                ▲                                                 │
///      └──▶ overflow queue ──┘ by whoever drains a completion                  │ transient result
///                ▲                                                             │
///                └──────────────────────── at the front ◀──────────────────────┘
/// </code>
/// No operation is lost: it is in an entry that is offered until the kernel takes it (<see cref="PooledRing"/>), in the
/// kernel, or in the overflow queue (<see cref="DeviceQueue"/>). No waiter is stranded: see <see cref="Help"/> and the
/// lists of waiters. Nothing here allocates after the first wait of each thread.
/// </remarks>
internal sealed partial class IoUringMethod : IIoMethod
{
    private readonly IoHandleTable _handles;
    private readonly ICompletionSink _sink;
    private readonly PooledRing[] _rings;
    private readonly DeviceQueue _device;
    private readonly RequestWriter _writer;
    private readonly PendingRings _pending;
    private readonly CompletionReaper _reaper;
    private readonly IoUringSetup _setup;
    private readonly int _sleepMs; // longest sleep; negative = no limit
    private bool _disposed;

    internal IoUringMethod(MethodServices services, IoUringSetup setup)
    {
        _handles = services.Handles;
        _sink = services.Sink;
        _setup = setup;
        _sleepMs = services.Processes.IsShared ? LookAgainMs : -1;
        _rings = setup.Rings;
        _device = setup.Device;
        _writer = setup.Writer;
        _pending = setup.Pending;
        _reaper = new CompletionReaper(this, _rings, _pending, setup.Event);
    }

    // Where others share a wait word, its waiters may be forgotten after a death.
    private const int LookAgainMs = 100;

    /// <inheritdoc/>
    public string Name => MethodName;

    /// <summary>The setting's word for the method.</summary>
    public const string MethodName = "io_uring";

    /// <inheritdoc/>
    public bool NeedsHelp => true;

    /// <inheritdoc/>
    public bool ReadsWhenWaited => false;

    /// <summary>Follows the file table, so that files can be registered under their slots.</summary>
    public FixedFiles Files => _setup.Files;

    /// <summary>Number of rings.</summary>
    public int RingCount => _rings.Length;

    /// <summary>Whether completions wake the reaper now; a hint.</summary>
    internal bool IsNotifying => _reaper.IsNotifying;

    /// <summary>Starts the method.</summary>
    /// <param name="services">What the engine lends.</param>
    /// <param name="options">How it is to run.</param>
    /// <param name="segment">The shared segment.</param>
    /// <param name="layout">What was reserved in it.</param>
    /// <param name="arenas">Arenas whose memory is registered with the kernel; they outlive the method.</param>
    /// <param name="refusal">Why not.</param>
    /// <returns>Null if this process may not use io_uring.</returns>
    public static IoUringMethod? TryCreate(
        MethodServices services, IoUringOptions options, SharedSegment segment, IoUringLayout layout,
        ReadOnlySpan<ushort> arenas, out RingRefusal? refusal) =>
        TryCreate(services, options, segment, layout, arenas, RingKernel.Instance, out refusal);

    /// <summary>As above, with a kernel of the caller's: the seam through which tests refuse.</summary>
    public static IoUringMethod? TryCreate(
        MethodServices services, IoUringOptions options, SharedSegment segment, IoUringLayout layout,
        ReadOnlySpan<ushort> arenas, IRingKernel kernel, out RingRefusal? refusal)
    {
        IoUringSetup? setup = IoUringSetup.TryRun(services, options, segment, layout, arenas, kernel, out refusal);
        return setup is null ? null : new IoUringMethod(services, setup);
    }

    /// <inheritdoc/>
    public bool MustExecuteSynchronously(in IoHandleView handle) => false;

    /// <inheritdoc/>
    public void BeginAwait() => _reaper.Begin();

    /// <inheritdoc/>
    public void EndAwait() => _reaper.End();

    /// <summary>What it does now, for views. Any thread.</summary>
    public IoUringReading Read() => new(
        _device.Budget, _device.InFlight, _device.Count, _device.Queued, _reaper.Awaiting, Files.Slots,
        _setup.WhyNoFixedBuffers, _setup.WhyNoFixedScatter, _setup.WhyNoFixedFiles, _setup.WhyFewerRings);

    /// <summary>What one ring has done so far, for views. Any thread.</summary>
    public IoUringRingReading ReadRing(int ring) => _rings[ring].Read();

    /// <summary>Ends the method: nothing is in flight, nobody waits. No thread, descriptor or mapping stays.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Invariant.Check(_device.Count == 0, "I-73: a ring is closed with operations in it", _device.Count, 0);
        _reaper.Dispose();
        _setup.Dispose();
    }
}
