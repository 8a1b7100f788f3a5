using Forebay.Handles;
using Forebay.Interop;
using Forebay.Primitives;
using Forebay.Telemetry;

namespace Forebay.Engine;

/// <summary>
/// What issues operations: a fixed set of handles, one batch, one flow of control at a time (a thread, or an async
/// method that hops threads). Acquire → describe → start → wait → result. Handles are reused at once; everybody else
/// holds wait references. Not thread-safe; the operations it has issued complete on any thread.
/// </summary>
internal sealed partial class IoSession : IDisposable, IAsyncDisposable
{
    private const int None = -1;

    private readonly IoEngine _engine;
    private readonly IoHandleTable _handles;
    private readonly int _first;
    private readonly IoReturn?[] _returns;
    private readonly IoWaitReference[] _staged = new IoWaitReference[IoEngineSettings.BatchMax];
    private readonly AsyncWaiter _asyncWaiter = new();
    private int _stagedCount;
    private int _handedOut = None;
    private int _idle; // index plus one of the most recently used idle handle: its lines are warm
    private int _oldest; // index plus one
    private int _youngest; // index plus one
    private bool _inBatch;
    private bool _disposed;

    internal IoSession(IoEngine engine, int slot)
    {
        _engine = engine;
        _handles = engine.Handles;
        Slot = slot;
        Tally = engine.TallyOf(slot);
        _first = slot * _handles.PerSession;
        _returns = new IoReturn?[_handles.PerSession];
        for (int i = _first + _handles.PerSession - 1; i >= _first; i--)
        {
            ref IoHandle handle = ref _handles[i];
            Invariant.Check(handle.State == IoHandleState.Idle, "I-10: a new session found a handle in use");
            handle.Owner = slot;
            handle.Next = _idle;
            _idle = i + 1;
        }
    }

    /// <summary>Session slot; also the stripe by which it is spread over rings.</summary>
    public int Slot { get; }

    /// <summary>What sessions in this slot have counted, this one's to go on with.</summary>
    public SessionTally Tally { get; }

    /// <summary>What the session does, for views.</summary>
    public ref SessionActivity Activity => ref _engine.Activities[Slot];

    /// <summary>Operations issued and not yet reclaimed.</summary>
    public int InFlight { get; private set; }

    /// <summary>Operations staged and not yet submitted by this session.</summary>
    public int Staged => _stagedCount;

    /// <summary>Whether a batch is open.</summary>
    public bool InBatch => _inBatch;

    /// <summary>The engine.</summary>
    public IoEngine Engine => _engine;

    /// <summary>
    /// Hands out a handle if one is idle, or can be made idle without waiting.
    /// </summary>
    /// <param name="result">Where the outcome goes, or null if nobody cares.</param>
    /// <param name="handle">The handle, to be started or released before the next is handed out.</param>
    /// <exception cref="InvalidOperationException">One is handed out already.</exception>
    public bool TryAcquire(IoReturn? result, out int handle)
    {
        using FlowScope flow = EnterFlow();
        return TryAcquireInFlow(result, out handle);
    }

    /// <summary>Hands out a handle; if all are in use, waits for the oldest operation. Never fails.</summary>
    /// <param name="result">Where the outcome goes, or null if nobody cares.</param>
    /// <returns>The handle, to be started or released before the next is handed out.</returns>
    /// <exception cref="InvalidOperationException">One is handed out already.</exception>
    public int Acquire(IoReturn? result)
    {
        using FlowScope flow = EnterFlow();
        int handle;
        while (!TryAcquireInFlow(result, out handle))
        {
            SubmitStagedInFlow();
            IoWaitReference oldest = OldestInFlight();
            WaitVisibly(WaitKind.FreeHandle, oldest, endsOnStop: true);
        }

        return handle;
    }

    /// <summary>
    /// As <see cref="Acquire"/> without blocking the thread. Cancelling hands out nothing; what is in flight goes on.
    /// </summary>
    public ValueTask<int> AcquireAsync(IoReturn? result, CancellationToken cancellationToken = default)
    {
        using (EnterFlow())
        {
            if (cancellationToken.IsCancellationRequested)
                return ValueTask.FromCanceled<int>(cancellationToken);
            if (TryAcquireInFlow(result, out int handle))
                return new ValueTask<int>(handle);
        }

        return AcquireSlowAsync(result, cancellationToken);
    }

    /// <summary>Gives the handed-out handle back unused.</summary>
    public void Release(int handle)
    {
        using FlowScope flow = EnterFlow();
        ReleaseInFlow(handle);
    }

    /// <summary>Whether the handle is handed out to this session, neither started nor released.</summary>
    public bool IsHandedOut(int handle) => handle != None && _handedOut == handle;

    /// <summary>
    /// The oldest operation in flight; waiting for it makes a handle idle. Invalid if none is in flight.
    /// </summary>
    public IoWaitReference Oldest => _oldest == 0 ? default : _engine.Reference(_oldest - 1);

    /// <summary>
    /// A reference to an operation of this session, for anybody who may want to wait for it. Taken while the handle is
    /// handed out; after the start only as long as this session has not waited, polled or acquired.
    /// </summary>
    /// <exception cref="InvalidOperationException">The handle is idle, or another session's.</exception>
    public IoWaitReference Reference(int handle)
    {
        if (Owns(handle))
        {
            IoHandleWord word = _handles[handle].Word;
            if (word.State != IoHandleState.Idle)
                return IoWaitReference.To(handle, word.Generation);
        }

        throw new InvalidOperationException($"I/O handle {handle} is not in use by this session.");
    }

    /// <summary>
    /// The end of a piece of work, orderly or after an exception: a handle left handed out is released, an open batch
    /// is closed and what it staged is submitted. Operations in flight go on; their outcomes are dropped.
    /// </summary>
    /// <returns>What had been left open, for the caller to complain about.</returns>
    public IoLeftovers EndWork()
    {
        using FlowScope flow = EnterFlow();
        return EndWorkInFlow();
    }

    /// <summary>
    /// Ends the session: what was left open is released or submitted, and everything in flight is waited for.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        using (EnterFlow())
        {
            _ = EndWorkInFlow();
            WaitForAllInFlow();
            _disposed = true;
        }

        _engine.CloseSlot(Slot);
    }

    /// <summary>As <see cref="Dispose"/> without blocking the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        using (EnterFlow())
        {
            _ = EndWorkInFlow();
        }

        await WaitForAllSlowAsync(CancellationToken.None).ConfigureAwait(false);
        Dispose();
    }

    private bool TryAcquireInFlow(IoReturn? result, out int handle)
    {
        if (_handedOut != None)
            throw new InvalidOperationException("Only one I/O handle can be handed out at a time.");
        if (_stagedCount == IoEngineSettings.BatchMax)
            SubmitStagedInFlow();
        if (_idle == 0 && !TryReclaimAny())
        {
            handle = None;
            return false;
        }

        Activity.Thread = ThreadNumber.Current; // plain: a reading for people
        handle = _idle - 1;
        if (result is not null)
        {
            result.Attach();
            _returns[handle - _first] = result;
        }

        ref IoHandle record = ref _handles[handle];
        _idle = record.Next;
        record.Next = 0;
        record.Transition(IoHandleState.Idle, IoHandleState.HandedOut);
        DeathPoints.Reach(DeathPoint.HandedOut);
        _handedOut = handle;
        return true;
    }

    private IoWaitReference OldestInFlight()
    {
        Invariant.Check(_oldest != 0, "I-11: no handle is idle and none is in flight");
        return Reference(_oldest - 1);
    }

    private bool TryReclaimAny()
    {
        if (ReclaimCompletedInFlow())
            return true;
        return _oldest != 0 && _engine.IsOver(Reference(_oldest - 1)) && ReclaimCompletedInFlow();
    }

    private void ReleaseInFlow(int handle)
    {
        CheckHandedOut(handle);
        _handedOut = None;
        DropReturn(handle);
        MakeIdle(handle, IoHandleState.HandedOut);
    }

    private IoLeftovers EndWorkInFlow()
    {
        IoLeftovers found = IoLeftovers.None;
        if (_handedOut != None)
        {
            found |= IoLeftovers.Handle;
            ReleaseInFlow(_handedOut);
        }

        if (_inBatch)
        {
            found |= IoLeftovers.Batch;
            _inBatch = false;
        }

        SubmitStagedInFlow();
        for (int handle = _first; handle < _first + _returns.Length; handle++)
            DropReturn(handle);
        return found;
    }

    private void DropReturn(int handle)
    {
        _returns[handle - _first]?.Detach();
        _returns[handle - _first] = null;
    }

    private bool Owns(int handle) => (uint)(handle - _first) < (uint)_handles.PerSession;

    private void CheckHandedOut(int handle)
    {
        if (_handedOut != handle || handle == None)
            throw new InvalidOperationException($"I/O handle {handle} is not handed out to this session.");
    }
}
