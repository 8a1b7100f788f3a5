using System.Threading.Tasks.Sources;

namespace Forebay.Engine;

/// <summary>
/// One sleeping asynchronous wait, reused by its session for ever (a session is one flow, so it waits for one thing
/// at a time). Resumed on the thread pool, never on the thread that completes.
/// </summary>
internal sealed class AsyncWaiter : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _armed;

    /// <summary>Next waiter of the same handle; the registry's, under its gate.</summary>
    internal AsyncWaiter? Next { get; set; }

    /// <summary>Gets ready for one wait; the returned task is awaited exactly once.</summary>
    public ValueTask Arm()
    {
        _core.Reset();
        Volatile.Write(ref _armed, 1); // release: the reset is visible before anybody can resume
        return new ValueTask(this, _core.Version);
    }

    /// <summary>
    /// Resumes the wait; false if it has been resumed already (a completion and a cancellation may race).
    /// </summary>
    public bool TryResume()
    {
        if (Interlocked.Exchange(ref _armed, 0) == 0) // one of several resumers gets the 1
            return false;
        _core.SetResult(true);
        return true;
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
