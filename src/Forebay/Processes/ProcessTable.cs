using Forebay.Interop;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Processes;

/// <summary>
/// The processes of an instance, and which of them this one is. An instance that one process has for itself has one
/// too, in slot 0, so that the code is the same; what is done for the others' sake asks <see cref="IsShared"/> first.
/// </summary>
internal sealed class ProcessTable
{
    /// <summary>Most processes of an instance.</summary>
    public const int ProcessesMax = 64;

    private readonly SegmentArray<ProcessRecord> _records;
    private int _liveAbout;

    /// <summary>The table over its region of a segment; claims a slot for this process.</summary>
    /// <param name="records">The region.</param>
    /// <param name="isShared">Whether there may be others.</param>
    /// <param name="header">The header's region.</param>
    /// <param name="tryMark">Marks this process's opening of the segment as that of a use of a slot.</param>
    /// <exception cref="SharingException">All slots are in use.</exception>
    public ProcessTable(SegmentArray<ProcessRecord> records, bool isShared,
        SegmentArray<SegmentHeader> header = default, Func<int, uint, bool>? tryMark = null)
    {
        _records = records;
        IsShared = isShared;
        Sign = new StopSign(isShared ? header : default);
        Own = Claim(tryMark);
        CountLive();
    }

    private ProcessTable()
    {
    }

    /// <summary>For what stands alone, without a table: one process, slot 0.</summary>
    public static ProcessTable Alone { get; } = new();

    /// <summary>Whether other processes may be attached.</summary>
    public bool IsShared { get; }

    /// <summary>Whether the instance has stopped.</summary>
    public StopSign Sign { get; } = new(default);

    /// <summary>Slot of this process.</summary>
    public int Own { get; }

    /// <summary>Number of slots.</summary>
    public int Count => _records.Length;

    /// <summary>A slot.</summary>
    public ref ProcessRecord this[int slot] => ref _records[slot];

    /// <summary>Processes that are attached at this moment.</summary>
    public int Live
    {
        get
        {
            int live = 0;
            for (int slot = 0; slot < _records.Length; slot++)
                live += _records[slot].Word.State == ProcessState.Live ? 1 : 0;
            return live;
        }
    }

    /// <summary>As <see cref="Live"/>, a little old: at least 1.</summary>
    public int LiveAbout => Math.Max(1, Volatile.Read(ref _liveAbout)); // a hint for dividing things up

    /// <summary>Counts anew; the helper does, now and then.</summary>
    public void CountLive() => Volatile.Write(ref _liveAbout, Live); // a hint, as above

    /// <summary>This process leaves; it has no session and nothing in flight.</summary>
    public void Leave()
    {
        if (_records.Length == 0)
            return;
        ref ProcessRecord record = ref _records[Own];
        ProcessWord seen = record.Word;
        Invariant.Check(seen.State == ProcessState.Live, "I-17: a process slot is left by its own process",
            seen.State, ProcessState.Live);
        Invariant.Check(record.TryMove(seen, new ProcessWord(ProcessState.Free, unchecked(seen.Generation + 1))),
            "I-17: a process slot is left by its own process");
    }

    /// <summary>Asks a process to look after its rings for a while: somebody here waits for one of them.</summary>
    public void AskForHelp(int slot)
    {
        Interlocked.Increment(ref _records[slot].HelpWanted); // before the signal: who is woken sees it
        Signal(slot);
    }

    /// <summary>
    /// Something was moved that asynchronous waits of other processes may be waiting for: their helpers look.
    /// </summary>
    public void PokeAwaiting()
    {
        for (int slot = 0; slot < _records.Length; slot++)
        {
            ref ProcessRecord record = ref _records[slot];

            // Behind the mover's full fence: who registered before it counted himself here before that.
            if (Volatile.Read(ref record.AsyncWaiting) > 0 && slot != Own)
                Signal(slot);
            else if (record.Process == 0)
                return; // never used, and so are those behind it
        }
    }

    /// <summary>An asynchronous wait begins here; before it registers anywhere.</summary>
    public void BeginAsyncWait() =>
        Interlocked.Increment(ref _records[Own].AsyncWaiting); // full fence: before the registration that others count

    /// <summary>It is over.</summary>
    public void EndAsyncWait() => Interlocked.Decrement(ref _records[Own].AsyncWaiting); // too high only costs a look

    /// <summary>Wakes a process's helper.</summary>
    public void Signal(int slot)
    {
        ref ProcessRecord record = ref _records[slot];
        Interlocked.Increment(ref record.HelperSignal); // full fence, before the call: who is about to sleep sees it
        Futex.WakeAll(ref record.HelperSignal);
    }

    /// <summary>What the helper passes to <see cref="SleepHelper"/>; taken before it looks.</summary>
    public int HelperTicket => Volatile.Read(ref _records[Own].HelperSignal); // acquire: it looks after this

    /// <summary>The helper sleeps until a signal after the ticket was taken, or for the time.</summary>
    public void SleepHelper(int ticket, int timeMs) => Futex.Wait(ref _records[Own].HelperSignal, ticket, timeMs);

    private int Claim(Func<int, uint, bool>? tryMark)
    {
        long started = ProcessCalls.StartTime(Environment.ProcessId);
        if (started == 0)
        {
            throw new SharingException("/proc/self/stat cannot be read (no /proc, or no descriptor left): others could "
                + "not tell whether this process is alive.");
        }

        for (int slot = 0; slot < _records.Length; slot++)
        {
            ref ProcessRecord record = ref _records[slot];
            ProcessWord seen = record.Word;
            ProcessWord claiming = new(ProcessState.Claiming, seen.Generation);

            // Processes come in one at a time, under the lock of the place: who is found claiming has died over it.
            bool isFree = seen.State is ProcessState.Free or ProcessState.Claiming;
            if (!isFree || !record.TryMove(seen, claiming))
                continue;
            DeathPoints.Reach(DeathPoint.SlotClaiming);
            record.Process = Environment.ProcessId;
            record.StartTime = started;
            record.RingLock = 0;
            record.DeviceInFlight = 0;
            record.AsyncWaiting = 0;
            record.HasMark = tryMark?.Invoke(slot, seen.Generation) == true ? 1 : 0;
            DeathPoints.Reach(DeathPoint.SlotFilled);
            Invariant.Check(record.TryMove(claiming, new ProcessWord(ProcessState.Live, seen.Generation)),
                "I-17: a process slot is left by its own process");
            DeathPoints.Reach(DeathPoint.SlotLive);
            return slot;
        }

        throw new SharingException($"{ProcessesMax} processes are attached to the instance already; that is the most.");
    }
}
