using Forebay.Handles;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Methods.Worker;

/// <summary>
/// The method <c>worker</c>: a pool of threads executes operations by blocking calls. Operations go through a bounded
/// queue in the segment; what finds it full, locked or without workers is executed by its submitter, so that submitting
/// never waits and nothing waits for ever. Nobody needs to help: see docs/methods/worker.md.
/// </summary>
internal sealed class WorkerMethod : IIoMethod, ISharedMethod
{
    private readonly WorkerExecution _execution;
    private readonly WorkerSupervisor _supervisor;
    private readonly bool _isShared;
    private int _disposed;

    /// <summary>Starts the method over its regions of a segment.</summary>
    /// <param name="services">The engine's.</param>
    /// <param name="segment">Zeroed, or another process's; outlives the method.</param>
    /// <param name="layout">Where the regions lie.</param>
    /// <param name="options">First settings.</param>
    /// <param name="time">The clock of all deadlines.</param>
    /// <param name="startThread">Starts a thread with a name and a body; null = the usual way.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public WorkerMethod(
        MethodServices services,
        SharedSegment segment,
        WorkerQueueLayout layout,
        WorkerOptions options,
        TimeProvider time,
        Func<string, ThreadStart, Thread>? startThread = null)
    {
        options.Validate();
        _isShared = services.Processes.IsShared;
        Queue = new WorkerQueue(segment, layout, services.Handles, time, services.ProcessSlot);
        _execution = new WorkerExecution(services, Queue);
        _supervisor = new WorkerSupervisor(Queue, _execution, options, time, startThread);
    }

    /// <inheritdoc/>
    public string Name => MethodName;

    /// <summary>The setting's word for the method.</summary>
    public const string MethodName = "worker";

    /// <inheritdoc/>
    public bool NeedsHelp => false;

    /// <inheritdoc/>
    public bool ReadsWhenWaited => false;

    /// <summary>The queue in the segment.</summary>
    internal WorkerQueue Queue { get; }

    /// <summary>The settings; a change takes effect at once, from any thread.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public WorkerOptions Options
    {
        get => _supervisor.Options;
        set
        {
            value.Validate();
            _supervisor.Options = value;
        }
    }

    /// <summary>Counts for the views.</summary>
    public WorkerStatistics Statistics => Queue.Statistics(_execution.LastError);

    /// <summary>
    /// What lies in memory of the issuing process alone, where workers may be other processes'.
    /// </summary>
    public bool MustExecuteSynchronously(in IoHandleView handle) =>
        _isShared && (handle.Flags & IoHandleFlags.ReferencesLocal) != 0;

    /// <inheritdoc/>
    public void Submit(ReadOnlySpan<int> handles, int stripe)
    {
        int taken = Queue.Put(handles);
        foreach (int handle in handles[taken..])
            _execution.TryExecute(handle);
    }

    /// <inheritdoc/>
    public void Nudge() => Queue.Nudge();

    /// <inheritdoc/>
    public bool TryTakeOver(int deadSlot) => Queue.TryTakeOver(deadSlot);

    /// <inheritdoc/>
    public bool? IsQueued(int handle) => Queue.IsQueued(handle);

    /// <inheritdoc/>
    public bool IsLockedBy(int processSlot) => Queue.Lock.IsHeldBy(processSlot);

    /// <inheritdoc/>
    public void TryHelp(int handle)
    {
    }

    /// <inheritdoc/>
    public void Help(int handle, long generation)
    {
    }

    /// <inheritdoc/>
    public void BeginAwait()
    {
    }

    /// <inheritdoc/>
    public void EndAwait()
    {
    }

    /// <summary>Executes what is queued, then ends all threads. Takes as long as the operations do.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) // one of two disposers does it
            return;
        _supervisor.Dispose();
        Invariant.Check(Queue.IsDeserted(), "I-86: the method ended with operations queued or workers left");
    }
}
