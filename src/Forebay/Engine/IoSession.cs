using System.Runtime.CompilerServices;
using Forebay.Callbacks;
using Forebay.Handles;
using Forebay.Primitives;

namespace Forebay.Engine;

/// <summary>
/// What issues operations: a fixed set of handles, one batch, one flow of control at a time (a thread, or an async
/// method that hops threads). Acquire → describe → start → wait → result. Handles are reused at once; everybody else
/// holds wait references. Not thread-safe; the operations it has issued complete on any thread.
/// </summary>
internal sealed partial class IoSession : IDisposable
{
    private const int None = -1;

    private readonly IoEngine _engine;
    private readonly IoHandleTable _handles;
    private readonly int _first;
    private readonly IoReturn?[] _returns;
    private readonly int[] _staged = new int[IoEngineSettings.BatchMax];
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
        HookGuard.CheckOutside();
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_handedOut != None)
            throw new InvalidOperationException("Only one I/O handle can be handed out at a time.");
        if (_stagedCount == IoEngineSettings.BatchMax)
            SubmitStaged();
        if (_idle == 0 && !TryReclaimAny())
        {
            handle = None;
            return false;
        }

        handle = _idle - 1;
        ref IoHandle record = ref _handles[handle];
        _idle = record.Next;
        record.Next = 0;
        record.Transition(IoHandleState.Idle, IoHandleState.HandedOut);
        _handedOut = handle;
        result?.Clear();
        _returns[handle - _first] = result;
        return true;
    }

    /// <summary>Hands out a handle; if all are in use, waits for the oldest operation. Never fails.</summary>
    public int Acquire(IoReturn? result)
    {
        int handle;
        while (!TryAcquire(result, out handle))
        {
            SubmitStaged();
            Invariant.Check(_oldest != 0, "I-11: no handle is idle and none is in flight");
            int oldest = _oldest - 1;
            _engine.WaitCore(oldest, _handles[oldest].Word.Generation);
        }

        return handle;
    }

    /// <summary>Gives the handed-out handle back unused.</summary>
    public void Release(int handle)
    {
        CheckHandedOut(handle);
        _handedOut = None;
        _returns[handle - _first] = null;
        MakeIdle(handle, IoHandleState.HandedOut);
    }

    /// <summary>A reference to the handed-out handle's operation, for anybody who may want to wait for it.</summary>
    public IoWaitReference Reference(int handle) => IoWaitReference.To(handle, _handles[handle].Word.Generation);

    /// <summary>Whether the operation is over; if it is this session's, its outcome has then been delivered.</summary>
    public bool IsDone(IoWaitReference reference)
    {
        if (!_engine.IsOver(reference))
            return false;
        ReclaimIfOwn(reference);
        return true;
    }

    /// <summary>
    /// Waits until the operation is over, whoever issued it. Submits what this session has staged first: nobody sleeps
    /// on something that others may need.
    /// </summary>
    /// <returns>Whether it had to wait.</returns>
    public bool Wait(IoWaitReference reference)
    {
        if (IsDone(reference))
            return false;
        CheckWaitable(reference);
        SubmitStaged();
        _engine.WaitCore(reference.Index, reference.Generation);
        ReclaimIfOwn(reference);
        return true;
    }

    /// <summary>
    /// As <see cref="Wait"/> without blocking the thread. Completed already: no allocation, no hop. Under <c>sync</c>
    /// nothing is ever left to wait for. Cancelling ends the wait, not the operation.
    /// </summary>
    /// <returns>Whether it had to wait.</returns>
    public ValueTask<bool> WaitAsync(IoWaitReference reference, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(cancellationToken);
        if (IsDone(reference))
            return new ValueTask<bool>(false);
        CheckWaitable(reference);
        SubmitStaged();
        return WaitSlowAsync(reference, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitSlowAsync(IoWaitReference reference, CancellationToken cancellationToken)
    {
        while (!_handles[reference.Index].Word.IsOver(reference.Generation))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _engine.SleepAsync(_asyncWaiter, reference.Index, reference.Generation, cancellationToken)
                .ConfigureAwait(false);
        }

        ReclaimIfOwn(reference);
        return true;
    }

    /// <summary>Takes back every handle whose operation is over; delivers the outcomes.</summary>
    /// <returns>Whether any handle became idle.</returns>
    public bool ReclaimCompleted()
    {
        bool any = false;
        for (int at = _oldest; at != 0;)
        {
            int handle = at - 1;
            at = _handles[handle].Next;
            if (_handles[handle].State != IoHandleState.CompletedShared)
                continue;
            Reclaim(handle);
            any = true;
        }

        return any;
    }

    /// <summary>Waits for every operation of this session.</summary>
    public void WaitForAll()
    {
        SubmitStaged();
        while (_oldest != 0)
            Wait(Reference(_oldest - 1));
    }

    /// <summary>
    /// Ends the session: what was left open is released or submitted, and everything in flight is waited for.
    /// </summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        EndWork();
        WaitForAll();
        _disposed = true;
        _engine.CloseSlot(Slot);
    }

    /// <summary>
    /// The end of a piece of work, orderly or after an exception: a handle left handed out is released, an open batch
    /// is closed and what it staged is submitted. Operations in flight go on; their outcomes are dropped.
    /// </summary>
    /// <returns>What had been left open, for the caller to complain about.</returns>
    public IoLeftovers EndWork()
    {
        IoLeftovers found = IoLeftovers.None;
        if (_handedOut != None)
        {
            found |= IoLeftovers.Handle;
            Release(_handedOut);
        }

        if (_inBatch)
        {
            found |= IoLeftovers.Batch;
            _inBatch = false;
        }

        SubmitStaged();
        Array.Clear(_returns);
        return found;
    }

    private bool TryReclaimAny()
    {
        if (ReclaimCompleted())
            return true;
        return _oldest != 0 && _engine.IsOver(Reference(_oldest - 1)) && ReclaimCompleted();
    }

    private bool Owns(int handle) => (uint)(handle - _first) < (uint)_handles.PerSession;

    private void ReclaimIfOwn(IoWaitReference reference)
    {
        if (!reference.IsValid || !Owns(reference.Index))
            return;

        // Only the owner moves a handle on from CompletedShared, so the pair cannot change between these readings.
        IoHandleWord word = _handles[reference.Index].Word;
        if (word.Generation == reference.Generation && word.State == IoHandleState.CompletedShared)
            Reclaim(reference.Index);
    }

    private void CheckWaitable(IoWaitReference reference)
    {
        if (Owns(reference.Index) && _handles[reference.Index].State < IoHandleState.Staged)
            throw new InvalidOperationException("A session cannot wait for an operation that it has not started.");
    }

    private void CheckHandedOut(int handle)
    {
        if (_handedOut != handle || handle == None)
            throw new InvalidOperationException($"I/O handle {handle} is not handed out to this session.");
    }

    private void Reclaim(int handle)
    {
        ref IoHandle record = ref _handles[handle];
        IoReturn? result = _returns[handle - _first];
        _returns[handle - _first] = null;
        IoResult outcome = _engine.Callbacks.CompleteLocal(
            ref record, new IoHandleView(_handles, handle), record.Distilled);
        result?.Fill(outcome, record.Target);
        record.Transition(IoHandleState.CompletedShared, IoHandleState.CompletedLocal);
        Unlink(ref record);
        InFlight--;
        MakeIdle(handle, IoHandleState.CompletedLocal);
    }

    private void MakeIdle(int handle, IoHandleState from)
    {
        ref IoHandle record = ref _handles[handle];

        // The new generation is published before the fields are cleared: a viewer that copied them meanwhile sees that
        // the use has changed and drops its copy. Asynchronous waiters of an unused handle are woken here as well.
        if (record.Transition(from, IoHandleState.Idle))
            _engine.WakeAsyncWaiters(handle);
        record.Operation = IoOperation.None;
        record.TargetId = 0;
        record.Flags = IoHandleFlags.None;
        record.CallbackCount = 0;
        record.FrameCount = 0;
        record.DataLength = 0;
        record.Retries = 0;
        record.RawResult = 0;
        record.Distilled = default;
        record.Previous = 0;
        record.Next = _idle;
        _idle = handle + 1;
    }

    private void LinkYoungest(int handle)
    {
        ref IoHandle record = ref _handles[handle];
        record.Previous = _youngest;
        record.Next = 0;
        if (_youngest != 0)
            _handles[_youngest - 1].Next = handle + 1;
        else
            _oldest = handle + 1;
        _youngest = handle + 1;
        InFlight++;
    }

    private void Unlink(ref IoHandle record)
    {
        if (record.Previous != 0)
            _handles[record.Previous - 1].Next = record.Next;
        else
            _oldest = record.Next;
        if (record.Next != 0)
            _handles[record.Next - 1].Previous = record.Previous;
        else
            _youngest = record.Previous;
    }
}
