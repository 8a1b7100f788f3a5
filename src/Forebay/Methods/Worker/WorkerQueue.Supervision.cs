using System.Numerics;
using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Methods.Worker;

/// <summary>The supervisor's side of the queue, and the views'.</summary>
internal sealed partial class WorkerQueue
{
    /// <summary>What to pass to <see cref="SleepSupervisor"/>; taken before the pool is read.</summary>
    public int SupervisorTicket
    {
        // Acquire: the pool is read after this, so a change that is missed there moves the word away from the ticket.
        get => Volatile.Read(ref _counters[0].SupervisorSignal);
    }

    /// <summary>Makes the supervisor look at the pool.</summary>
    public void SignalSupervisor()
    {
        // Full fence, before the call: a supervisor about to sleep finds another value than its ticket.
        Interlocked.Increment(ref _counters[0].SupervisorSignal);
        Futex.WakeAll(ref _counters[0].SupervisorSignal);
    }

    /// <summary>Sleeps until a signal after the ticket was taken, or for the time; may return early.</summary>
    /// <param name="ticket">From <see cref="SupervisorTicket"/>.</param>
    /// <param name="timeMs">Milliseconds of real time; negative = without limit.</param>
    public void SleepSupervisor(int ticket, long timeMs)
    {
        ref WorkerQueueCounters counters = ref _counters[0];

        // Release: what it has decided and done is visible to whoever finds it asleep.
        Volatile.Write(ref counters.SupervisorSleepsOn, unchecked(ticket + 1));
        Futex.Wait(ref counters.SupervisorSignal, ticket, timeMs);
        Volatile.Write(ref counters.SupervisorSleepsOn, ticket); // release: before it looks at the pool again
    }

    /// <summary>Whether a supervisor has done all that it was signalled for, and sleeps.</summary>
    public bool IsSupervisorAsleep
    {
        get
        {
            // Acquire, both: what it sleeps on first, so that a signal after that is not missed.
            int sleepsOn = Volatile.Read(ref _counters[0].SupervisorSleepsOn);
            return sleepsOn == unchecked(Volatile.Read(ref _counters[0].SupervisorSignal) + 1);
        }
    }

    /// <summary>Sets this process's part of the size at which nobody asks for growth.</summary>
    public void SetMaxWorkers(int workers)
    {
        ref WorkerQueueControl control = ref _control[0];
        control.Lock.Enter(_processSlot);
        SetPartLocked(ref control, _processSlot, workers);
        control.Lock.Exit();
    }

    /// <summary>The pool as it is at one instant.</summary>
    public WorkerPoolReading ReadPool()
    {
        ref WorkerQueueControl control = ref _control[0];
        long completed = Completed(); // not under the lock: a walk over all slots, for a rate only
        control.Lock.Enter(_processSlot);
        uint staying = control.Reserved & ~control.Leaving & OwnLocked(ref control); // each process sees to its own
        int highest = WorkerOptions.WorkersLimit - 1 - BitOperations.LeadingZeroCount(staying);
        WorkerPoolReading reading = new()
        {
            Reserved = control.Reserved,
            Workers = BitOperations.PopCount(staying),
            Highest = highest,
            HighestIsIdle = highest >= 0 && (control.Idle >> highest & 1) != 0,
            HighestIdleSince = highest >= 0 ? _slots[highest].IdleSince : 0,
            GrowWanted = control.GrowWanted != 0,
            RanDry = control.RanDry,
            Died = _died,
            Completed = completed,
        };
        control.Lock.Exit();
        return reading;
    }

    /// <summary>
    /// The supervisor's last look before it sleeps. Unless it will look by itself when growth is next permitted,
    /// whoever wants growth from here on signals.
    /// </summary>
    /// <param name="sawGrowWanted">What the reading said that it decided on.</param>
    /// <param name="growthGated">It wakes by itself when growth is next permitted.</param>
    /// <returns>False if growth was wanted meanwhile, so that it has to decide again.</returns>
    public bool MaySleep(bool sawGrowWanted, bool growthGated)
    {
        ref WorkerQueueControl control = ref _control[0];
        control.Lock.Enter(_processSlot);
        control.GrowSignalled = growthGated ? 1 : 0;
        bool missed = !growthGated && !sawGrowWanted && control.GrowWanted != 0;
        control.Lock.Exit();
        return !missed;
    }

    /// <summary>Takes the lowest free worker id; −1 if all are in use.</summary>
    public int Reserve()
    {
        ref WorkerQueueControl control = ref _control[0];
        control.Lock.Enter(_processSlot);
        int worker = control.Reserved == uint.MaxValue ? None : BitOperations.TrailingZeroCount(~control.Reserved);
        if (worker != None)
        {
            DeathPoints.Reach(DeathPoint.WorkerReserved);
            _slots[worker].Process = _processSlot + 1; // first: whose it is, if he dies in between
            control.Reserved |= 1u << worker;
        }

        control.Lock.Exit();
        return worker;
    }

    /// <summary>Gives an id back whose thread could not be started.</summary>
    public void Unreserve(int worker)
    {
        ref WorkerQueueControl control = ref _control[0];
        control.Lock.Enter(_processSlot);
        Invariant.Check((control.Running >> worker & 1) == 0, "I-80: the id of a running worker was given back");
        control.Reserved &= ~(1u << worker);
        control.Leaving &= ~(1u << worker);
        _slots[worker].Process = 0;
        control.Lock.Exit();
    }

    /// <summary>Makes workers of this process leave as soon as they have finished what they do.</summary>
    public void Dismiss(uint workers)
    {
        ref WorkerQueueControl control = ref _control[0];
        control.Lock.Enter(_processSlot);
        workers &= OwnLocked(ref control);
        DismissLocked(ref control, workers);
        control.Lock.Exit();
        RouseAll(workers);
    }

    /// <summary>Makes a worker leave if it still sleeps its sleep of then; in the same step nobody picks it.</summary>
    public void DismissIfIdle(int worker, long idleSince)
    {
        ref WorkerQueueControl control = ref _control[0];
        uint bit = 1u << worker;
        control.Lock.Enter(_processSlot);
        bool idle = (control.Idle & bit) != 0 && _slots[worker].IdleSince == idleSince;
        if (idle)
            DismissLocked(ref control, bit);
        control.Lock.Exit();
        if (idle)
            RouseAll(bit);
    }

    /// <summary>
    /// Whether no worker of this process is left and, unless others have some, the queue is empty.
    /// </summary>
    public bool IsDeserted()
    {
        ref WorkerQueueControl control = ref _control[0];
        control.Lock.Enter(_processSlot);
        bool deserted = OwnLocked(ref control) == 0 && (control.Head == control.Tail || control.Reserved != 0);
        control.Lock.Exit();
        return deserted;
    }

    /// <summary>What the views show; each number is whole, all of them together are not one instant.</summary>
    public WorkerStatistics Statistics(string? lastError)
    {
        ref WorkerQueueControl control = ref _control[0];
        ref WorkerQueueCounters counters = ref _counters[0];
        long wakeUps = 0;
        long spurious = 0;
        for (int worker = 0; worker < _slots.Length; worker++)
        {
            wakeUps += Volatile.Read(ref _slots[worker].WakeUps); // acquire: a recent value; nothing depends on it
            spurious += Volatile.Read(ref _slots[worker].SpuriousWakeUps); // acquire: likewise
        }

        // Acquire, all of these: recent values without the lock; nothing is decided by them. The head first: then the
        // difference is never negative, and at most too large.
        uint head = Volatile.Read(ref control.Head);
        uint depth = Math.Min(Volatile.Read(ref control.Tail) - head, WorkerQueueLayout.Capacity);
        return new WorkerStatistics
        {
            // Acquire, all of these: as above.
            Workers = BitOperations.PopCount(Volatile.Read(ref control.Running)),
            IdleWorkers = BitOperations.PopCount(Volatile.Read(ref control.Idle)),
            QueueDepth = (int)depth,
            Started = Volatile.Read(ref control.Started),
            Died = Volatile.Read(ref control.Died),
            ExecutedByWorkers = ExecutedByWorkers(),

            // Acquire, all of these: as above.
            ExecutedContended = Volatile.Read(ref counters.InPlaceContended),
            ExecutedFull = Volatile.Read(ref counters.InPlaceFull),
            ExecutedNoWorker = Volatile.Read(ref counters.InPlaceNoWorker),
            WakeUps = wakeUps,
            SpuriousWakeUps = spurious,

            // Acquire, both of these: as above.
            Failed = Volatile.Read(ref counters.Failed),
            LaunchFailures = Volatile.Read(ref counters.LaunchFailures),
            LastError = lastError,
        };
    }

    // The sum is made anew each time: who repeats what a dead one has begun comes to the same.
    private void SetPartLocked(ref WorkerQueueControl control, int processSlot, int workers)
    {
        _parts[processSlot] = workers;
        int sum = 0;
        for (int slot = 0; slot < _parts.Length; slot++)
            sum += _parts[slot];
        control.MaxWorkers = sum;
    }

    private uint OwnLocked(ref WorkerQueueControl control)
    {
        uint own = 0;
        for (uint left = control.Reserved; left != 0; left &= left - 1)
        {
            int worker = BitOperations.TrailingZeroCount(left);
            own |= _slots[worker].Process == _processSlot + 1 ? 1u << worker : 0;
        }

        return own;
    }

    private static void DismissLocked(ref WorkerQueueControl control, uint workers)
    {
        control.Leaving |= workers & control.Reserved;
        control.Idle &= ~workers;
    }

    private void RouseAll(uint workers)
    {
        for (; workers != 0; workers &= workers - 1)
            Rouse(BitOperations.TrailingZeroCount(workers));
    }

    /// <summary>Operations completed under this method, by workers and by submitters.</summary>
    private long Completed()
    {
        ref WorkerQueueCounters counters = ref _counters[0];

        // Acquire, all of these: recent values for a rate.
        return ExecutedByWorkers() + Volatile.Read(ref counters.InPlaceContended)
            + Volatile.Read(ref counters.InPlaceFull) + Volatile.Read(ref counters.InPlaceNoWorker);
    }

    private long ExecutedByWorkers()
    {
        long sum = 0;
        for (int worker = 0; worker < _slots.Length; worker++)
            sum += Volatile.Read(ref _slots[worker].Executed); // acquire: a recent value; nothing depends on it
        return sum;
    }
}
