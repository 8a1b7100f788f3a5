using System.Diagnostics;
using System.Numerics;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Methods.Worker;

/// <summary>
/// The submission queue and the set of workers, in the segment. Everything is decided under one lock in a few stores;
/// wake-ups are done after it.
/// <code>
/// submitter   TryEnter · put · pick one idle worker · Exit · wake it
/// worker      Enter · take, or fall idle, or leave · Exit · wake another · execute, or sleep on the ticket
/// </code>
/// Nothing is lost: a worker falls idle only when it sees the ring empty under the lock, and its ticket is taken there
/// too, so whoever picks it later moves the word it sleeps on. Who is not idle looks at the ring before it falls idle.
/// While the ring holds anything some worker runs, since the last one to leave empties it first, and where none runs
/// nothing is put.
/// </summary>
internal sealed partial class WorkerQueue
{
    private const int None = -1;
    private const uint RingMask = WorkerQueueLayout.Capacity - 1;

    private readonly SegmentArray<WorkerQueueControl> _control;
    private readonly SegmentArray<WorkerQueueCounters> _counters;
    private readonly SegmentArray<int> _ring;
    private readonly SegmentArray<WorkerSlot> _slots;
    private readonly SegmentArray<int> _parts;
    private readonly IoHandleTable _handles;
    private readonly TimeProvider _time;
    private readonly int _processSlot;
    private long _died; // of this process; under the lock

    /// <summary>The queue over its regions of a segment.</summary>
    public WorkerQueue(SharedSegment segment, WorkerQueueLayout layout, IoHandleTable handles, TimeProvider time,
        int processSlot = 0)
    {
        _control = segment.Array(layout.Control);
        _counters = segment.Array(layout.Counters);
        _ring = segment.Array(layout.Ring);
        _slots = segment.Array(layout.Slots);
        _parts = segment.Array(layout.Parts);
        _handles = handles;
        _time = time;
        _processSlot = processSlot;
    }

    /// <summary>The queue's lock.</summary>
    internal ref FutexLock Lock => ref _control[0].Lock;

    /// <summary>
    /// Puts operations in order, as many as there is room for, and wakes at most one worker for all of them. Does not
    /// wait: what it does not take the submitter executes.
    /// </summary>
    /// <returns>How many it has taken.</returns>
    public int Put(ReadOnlySpan<int> handles)
    {
        ref WorkerQueueControl control = ref _control[0];
        ref WorkerQueueCounters counters = ref _counters[0];
        if (!control.Lock.TryEnter(_processSlot))
        {
            Interlocked.Add(ref counters.InPlaceContended, handles.Length); // a count, before they run; orders nothing
            return 0;
        }

        int taken = 0;
        int roused = None;
        bool signal = false;
        DeathPoints.Reach(DeathPoint.QueueLocked);
        bool manned = control.Running != 0;
        if (manned)
        {
            taken = PutLocked(ref control, handles);
            roused = PickIdleLocked(ref control, ~0u);
            signal = roused == None && WantGrowthLocked(ref control);
        }

        DeathPoints.Reach(DeathPoint.Queued);
        control.Lock.Exit();
        DeathPoints.Reach(DeathPoint.QueuedUnroused);
        Rouse(roused);
        if (signal)
            SignalSupervisor();
        if (taken < handles.Length)
        {
            ref long reason = ref manned ? ref counters.InPlaceFull : ref counters.InPlaceNoWorker;
            Interlocked.Add(ref reason, handles.Length - taken); // a count; orders nothing
        }

        return taken;
    }

    /// <summary>
    /// Somebody has waited for a while though operations are queued: who was picked for them may be in a process that
    /// does not run, so another one is.
    /// </summary>
    public void Nudge()
    {
        ref WorkerQueueControl control = ref _control[0];
        if (Volatile.Read(ref control.Tail) == Volatile.Read(ref control.Head)) // a hint, both: who waits comes again
            return;
        if (!control.Lock.TryEnter(_processSlot))
            return; // who has it looks himself, or is in a process that does not run: nobody waits here for that
        int roused = control.Tail != control.Head ? PickIdleLocked(ref control, ~0u) : None;
        control.Lock.Exit();
        Rouse(roused);
    }

    /// <summary>Says that the worker's thread runs; operations may be put for it from here on.</summary>
    public void Register(int worker)
    {
        ref WorkerQueueControl control = ref _control[0];
        uint bit = 1u << worker;
        control.Lock.Enter(_processSlot);
        Invariant.Check((control.Reserved & bit) != 0, "I-80: a worker runs under an id that is not reserved");
        Invariant.Check((control.Running & bit) == 0, "I-81: two workers run under one id");
        control.Running |= bit;
        DeathPoints.Reach(DeathPoint.WorkerRegistered);
        control.Started++;
        control.Lock.Exit();
    }

    /// <summary>Decides what a worker does next, and wakes whom that calls for.</summary>
    /// <param name="worker">The caller's id.</param>
    /// <param name="dying">An exception came out of its last operation: it is to leave.</param>
    /// <param name="mayWake">Whether its history permits it to wake another or to ask for growth.</param>
    public WorkerTurn Next(int worker, bool dying, bool mayWake)
    {
        ref WorkerQueueControl control = ref _control[0];
        uint bit = 1u << worker;
        int roused = None;
        bool signal = false;
        WorkerTurn turn;

        control.Lock.Enter(_processSlot);
        if (dying)
            signal = MarkDyingLocked(ref control, bit);
        uint depth = control.Tail - control.Head;
        bool leaving = (control.Leaving & bit) != 0;
        if (leaving && (depth == 0 || (control.Running & ~control.Leaving) != 0))
        {
            UnregisterLocked(ref control, bit);
            roused = depth > 0 ? PickIdleLocked(ref control, ~0u) : None; // somebody may have picked us for these
            signal = true;
            turn = new WorkerTurn(WorkerTurnKind.Leave, 0);
        }
        else if (depth == 0)
        {
            turn = new WorkerTurn(WorkerTurnKind.Sleep, FallIdleLocked(ref control, worker));
        }
        else
        {
            turn = new WorkerTurn(WorkerTurnKind.Execute, TakeLocked(ref control, worker));
            if (mayWake && depth > 1)
            {
                // Upwards only: the chain of wake-ups of one burst cannot turn back on itself.
                roused = PickIdleLocked(ref control, ~(bit | (bit - 1)));
                signal |= roused == None && WantGrowthLocked(ref control);
            }
        }

        control.Lock.Exit();
        Rouse(roused);
        if (signal)
            SignalSupervisor();
        return turn;
    }

    /// <summary>Sleeps until the worker is picked after <paramref name="ticket"/> was taken.</summary>
    public void Sleep(int worker, int ticket)
    {
        ref WorkerSlot slot = ref _slots[worker];

        // The kernel compares again before it sleeps, so a move after this reading makes the call return at once.
        while (!IsRoused(worker, ticket))
            Futex.Wait(ref slot.Signal, ticket);
        slot.WakeUps++; // plain: the worker alone writes its counts
    }

    /// <summary>Whether the worker was picked after <paramref name="ticket"/> was taken.</summary>
    internal bool IsRoused(int worker, int ticket) =>
        Volatile.Read(ref _slots[worker].Signal) != ticket; // acquire: what the waker did before is visible

    /// <summary>The worker was woken and found nothing to do.</summary>
    public void CountSpurious(int worker) => _slots[worker].SpuriousWakeUps++; // plain: the worker's own

    /// <summary>The operation that the worker had taken is over.</summary>
    public void Finish(int worker)
    {
        // Release: what completed the operation is visible to whoever no longer finds it here.
        Volatile.Write(ref _slots[worker].Current, 0);
    }

    /// <summary>An exception ended an operation.</summary>
    public void CountFailed() => Interlocked.Increment(ref _counters[0].Failed); // a count; orders nothing

    /// <summary>The system refused to start a worker.</summary>
    public void CountLaunchFailure() =>
        Interlocked.Increment(ref _counters[0].LaunchFailures); // a count; orders nothing

    private int PutLocked(ref WorkerQueueControl control, ReadOnlySpan<int> handles)
    {
        Debug.Assert(control.Lock.IsHeld, "caller holds the queue's lock");
        uint depth = control.Tail - control.Head;
        Invariant.Check(depth <= WorkerQueueLayout.Capacity, "I-82: the submission ring holds more than its places");
        int taken = Math.Min(handles.Length, (int)(WorkerQueueLayout.Capacity - depth));
        for (int i = 0; i < taken; i++)
        {
            _handles[handles[i]].Executor = 0; // plain: until a worker takes it, under this lock, nobody executes it
            _ring[(int)((control.Tail + (uint)i) & RingMask)] = handles[i];
        }

        DeathPoints.Reach(DeathPoint.QueuePlaced);
        control.Tail += (uint)taken;
        return taken;
    }

    private int TakeLocked(ref WorkerQueueControl control, int worker)
    {
        Debug.Assert(control.Lock.IsHeld, "caller holds the queue's lock");
        ref WorkerSlot slot = ref _slots[worker];
        Invariant.Check(slot.Current == 0, "I-83: a worker took an operation while it held another");
        int handle = _ring[(int)(control.Head & RingMask)];
        slot.CurrentGeneration = _handles[handle].Word.Generation;
        slot.Current = handle + 1; // before it leaves the ring: a death in between loses nothing
        DeathPoints.Reach(DeathPoint.WorkerNamed);
        control.Head++;
        DeathPoints.Reach(DeathPoint.WorkerHeadMoved);
        control.Idle &= ~(1u << worker);
        slot.Executed++; // now, so that who sees the operation completed sees it counted
        _handles[handle].Executor = (byte)(_processSlot + 1); // plain, as the next
        _handles[handle].Lane = worker + 1; // plain: while Submitted only its executor writes the handle
        DeathPoints.Reach(DeathPoint.WorkerTook);
        return handle;
    }

    private int FallIdleLocked(ref WorkerQueueControl control, int worker)
    {
        Debug.Assert(control.Lock.IsHeld, "caller holds the queue's lock");
        ref WorkerSlot slot = ref _slots[worker];
        control.Idle |= 1u << worker;
        DeathPoints.Reach(DeathPoint.WorkerFellIdle);
        control.RanDry++;
        control.GrowWanted = 0;
        slot.IdleSince = _time.GetTimestamp();

        // Under the lock, before anybody can pick us: every later pick moves the word away from this value. (The
        // atomic increment of an earlier pick may still come; then the sleep ends for nothing and we look again.)
        return Volatile.Read(ref slot.Signal);
    }

    /// <returns>Whether that is news to the supervisor: who is leaving already needs no replacement.</returns>
    private bool MarkDyingLocked(ref WorkerQueueControl control, uint bit)
    {
        Debug.Assert(control.Lock.IsHeld, "caller holds the queue's lock");
        if ((control.Leaving & bit) != 0)
            return false;
        control.Leaving |= bit;
        control.Died++;
        _died++;
        return true;
    }

    private void UnregisterLocked(ref WorkerQueueControl control, uint bit)
    {
        Debug.Assert(control.Lock.IsHeld, "caller holds the queue's lock");
        control.Idle &= ~bit;
        control.Running &= ~bit;
        control.Leaving &= ~bit;
        control.Reserved &= ~bit;
        _slots[BitOperations.TrailingZeroCount(bit)].Process = 0;
        Invariant.Check(control.Running != 0 || control.Tail == control.Head,
            "I-84: operations are queued and no worker runs");
    }

    /// <summary>Takes the lowest of some workers out of the idle set; the caller wakes it after the lock.</summary>
    private static int PickIdleLocked(ref WorkerQueueControl control, uint among)
    {
        Debug.Assert(control.Lock.IsHeld, "caller holds the queue's lock");
        Invariant.Check((control.Idle & (~control.Running | control.Leaving)) == 0,
            "I-85: a worker that is gone or leaving counts as idle");
        uint candidates = control.Idle & among;
        if (candidates == 0)
            return None;
        int worker = BitOperations.TrailingZeroCount(candidates);
        control.Idle &= ~(1u << worker);
        return worker;
    }

    /// <summary>Asks for one more worker if the ring is deeper than there are workers.</summary>
    /// <returns>Whether the caller has to signal the supervisor.</returns>
    private static bool WantGrowthLocked(ref WorkerQueueControl control)
    {
        Debug.Assert(control.Lock.IsHeld, "caller holds the queue's lock");
        int workers = StayingLocked(ref control);
        if (control.GrowWanted != 0 || control.Tail - control.Head <= workers || workers >= control.MaxWorkers)
            return false;
        control.GrowWanted = 1;
        bool signal = control.GrowSignalled == 0;
        control.GrowSignalled = 1;
        return signal;
    }

    private static int StayingLocked(ref WorkerQueueControl control) =>
        BitOperations.PopCount(control.Reserved & ~control.Leaving);

    private void Rouse(int worker)
    {
        if (worker == None)
            return;

        // Full fence, before the call: the sleeper that is about to enter the kernel finds another value than its
        // ticket, the one inside is woken by the call.
        Interlocked.Increment(ref _slots[worker].Signal);
        Futex.Wake(ref _slots[worker].Signal, 1);
    }
}
