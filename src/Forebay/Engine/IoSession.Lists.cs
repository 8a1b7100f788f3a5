using System.Diagnostics;
using Forebay.Handles;
using Forebay.Primitives;
using Forebay.Telemetry;

namespace Forebay.Engine;

/// <summary>
/// The session's two lists: idle handles, most recently used first, and those in flight, oldest first. A handle joins
/// the second when it is defined and goes back to the first when it is reclaimed; only the owner touches either.
/// </summary>
internal sealed partial class IoSession
{
    private bool ReclaimCompletedInFlow()
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

    private void ReclaimIfOwn(IoWaitReference reference)
    {
        if (!reference.IsValid || !Owns(reference.Index))
            return;

        // Only the owner moves a handle on from CompletedShared, so the pair cannot change between these readings.
        IoHandleWord word = _handles[reference.Index].Word;
        if (word.Generation == reference.Generation && word.State == IoHandleState.CompletedShared)
            Reclaim(reference.Index);
    }

    private void Reclaim(int handle)
    {
        ref IoHandle record = ref _handles[handle];
        IoReturn? result = _returns[handle - _first];
        if (result is not null)
            _returns[handle - _first] = null;
        IoResult outcome = _engine.Callbacks.CompleteLocal(
            ref record, new IoHandleView(_handles, handle), record.Distilled);
        result?.Fill(outcome, record.Target);
        Tally.Time((IoPurpose)record.Purpose, Counted(record.Operation), -record.SubmittedAt);
        if (ForebayEventSource.Log.IsEnabled())
        {
            ForebayEventSource.Log.OperationCompleted(
                handle, (int)record.Operation, record.Offset, record.Length, record.RawResult, -record.SubmittedAt);
        }

        record.Transition(IoHandleState.CompletedShared, IoHandleState.CompletedLocal);
        DeathPoints.Reach(DeathPoint.CompletedLocal);
        Unlink(ref record);
        InFlight--;
        MakeIdle(handle, IoHandleState.CompletedLocal);
    }

    private static CountedOperation Counted(IoOperation operation) => operation switch
    {
        IoOperation.ReadVector => CountedOperation.Read,
        IoOperation.WriteVector => CountedOperation.Write,
        IoOperation.SyncData or IoOperation.Sync => CountedOperation.Fsync,
        IoOperation.None or _ => throw new UnreachableException(), // I-06
    };

    private void MakeIdle(int handle, IoHandleState from)
    {
        ref IoHandle record = ref _handles[handle];

        // The new generation is published before the fields are cleared: a viewer that copied them meanwhile sees that
        // the use has changed and drops its copy. Asynchronous waiters of an unused handle are woken here as well.
        if (record.Transition(from, IoHandleState.Idle))
            _engine.WakeAsyncWaiters(handle);
        DeathPoints.Reach(DeathPoint.IdleUnemptied);
        record.Operation = IoOperation.None;
        record.TargetId = 0;
        record.Flags = IoHandleFlags.None;
        record.CallbackCount = 0;
        record.FrameCount = 0;
        record.DataLength = 0;
        record.Retries = 0;
        record.Purpose = 0;
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
