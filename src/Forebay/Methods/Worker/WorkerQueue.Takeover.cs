using Forebay.Handles;
using Forebay.Primitives;

namespace Forebay.Methods.Worker;

/// <summary>What a dead process leaves in the queue.</summary>
internal sealed partial class WorkerQueue
{
    /// <summary>
    /// The workers of a dead process leave. What one of them was executing is not put back: whoever takes over finds
    /// it by its handle. All others look at the queue: a wake-up may have died on its way to one of them.
    /// </summary>
    /// <returns>
    /// False: the queue's lock cannot be had; whose it is may be dead as well, and has to be taken over from first.
    /// </returns>
    public bool TryTakeOver(int deadSlot)
    {
        ref WorkerQueueControl control = ref _control[0];

        // It stays the dead one's until all is done: if this process dies over it, the next one finds it so.
        if (!control.Lock.TryTakeOver(deadSlot, deadSlot) && !control.Lock.TryEnterSoon(_processSlot))
            return false;
        for (int worker = 0; worker < _slots.Length; worker++)
        {
            ref WorkerSlot slot = ref _slots[worker];
            if (slot.Process != deadSlot + 1)
                continue;
            SettleTakenLocked(ref control, ref slot, deadSlot);
            slot.Current = 0;
            DeathPoints.Reach(DeathPoint.TakeoverWorkerStruck);
            uint gone = 1u << worker;
            control.Running &= ~gone;
            control.Leaving &= ~gone;
            control.Reserved &= ~gone;
            slot.Process = 0; // last: who begins again after another death finds it until all of it is done
        }

        control.Idle &= control.Running & ~control.Leaving; // also where it died between two of these
        control.GrowSignalled = 0;
        SetPartLocked(ref control, deadSlot, 0);
        uint staying = control.Running;
        DeathPoints.Reach(DeathPoint.TakeoverQueueHeld);
        control.Lock.Exit();
        RouseAll(staying);
        SignalSupervisor();
        return true;
    }

    // Between the ring and its executor's name it is with nobody: it goes back to the one, or on to the other.
    private void SettleTakenLocked(ref WorkerQueueControl control, ref WorkerSlot slot, int deadSlot)
    {
        if (slot.Current == 0)
            return;
        ref IoHandle handle = ref _handles[slot.Current - 1];
        if (control.Head != control.Tail && _ring[(int)(control.Head & RingMask)] == slot.Current - 1)
            handle.Executor = 0; // it had not left the ring yet, where another one finds it
        else if (handle.Executor == 0 && handle.Word.State == IoHandleState.Submitted
            && handle.Word.Generation == slot.CurrentGeneration)
            handle.Executor = (byte)(deadSlot + 1); // whoever takes over has it executed again
    }

    /// <summary>Whether an operation waits in the ring; null = it cannot be told now, as above.</summary>
    public bool? IsQueued(int handle)
    {
        ref WorkerQueueControl control = ref _control[0];
        if (!control.Lock.TryEnterSoon(_processSlot))
            return null;
        bool isFound = false;
        for (uint at = control.Head; at != control.Tail && !isFound; at++)
            isFound = _ring[(int)(at & RingMask)] == handle;
        control.Lock.Exit();
        return isFound;
    }
}
