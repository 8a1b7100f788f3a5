using System.Threading.Tasks.Sources;

namespace Forebay.Engine;

/// <summary>
/// One sleeping asynchronous wait, reused by its session for ever (a session is one flow, so it waits for one thing
/// at a time). Resumed on the thread pool, never on the thread that completes, and without allocating there: the
/// waiter itself is the work item.
/// </summary>
/// <remarks>
/// A resumption of an earlier wait cannot reach a later one. The armed flag is taken once per wait; and whoever could
/// still be about to take it is waited out before the next one: <see cref="AsyncWaiters.Remove"/> passes the gate that
/// wakers hold, disposing a cancellation registration waits for its callback.
/// </remarks>
internal sealed class AsyncWaiter : IValueTaskSource, IThreadPoolWorkItem
{
    // Continuations run inside Execute, which is on the thread pool already.
    private ManualResetValueTaskSourceCore<bool> _core;
    private int _armed;

    /// <summary>Next waiter of the same handle; the registry's, under its gate.</summary>
    internal AsyncWaiter? Next { get; set; }

    /// <summary>Gets ready for one wait; the returned task is awaited once, or not at all if it was disarmed.</summary>
    public ValueTask Arm()
    {
        _core.Reset();
        Volatile.Write(ref _armed, 1); // release: the reset is visible before anybody can resume
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Takes the wait back; false if somebody resumes it, and then the task completes.</summary>
    public bool TryDisarm() =>
        Interlocked.Exchange(ref _armed, 0) != 0; // full fence: one of several takers gets the 1, and with it the wait

    /// <summary>Resumes the wait unless it is over already (a completion and a cancellation may race).</summary>
    public void Resume()
    {
        if (TryDisarm())
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _core.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
