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

    /// <summary>The table over its region of a segment; claims a slot for this process.</summary>
    /// <exception cref="SharingException">All slots are in use.</exception>
    public ProcessTable(SegmentArray<ProcessRecord> records, bool isShared)
    {
        _records = records;
        IsShared = isShared;
        Own = Claim();
    }

    private ProcessTable()
    {
    }

    /// <summary>For what stands alone, without a table: one process, slot 0.</summary>
    public static ProcessTable Alone { get; } = new();

    /// <summary>Whether other processes may be attached.</summary>
    public bool IsShared { get; }

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

    private int Claim()
    {
        for (int slot = 0; slot < _records.Length; slot++)
        {
            ref ProcessRecord record = ref _records[slot];
            ProcessWord seen = record.Word;
            ProcessWord claiming = new(ProcessState.Claiming, seen.Generation);
            if (seen.State != ProcessState.Free || !record.TryMove(seen, claiming))
                continue;
            record.Process = Environment.ProcessId;
            record.StartTime = ProcessCalls.StartTime(Environment.ProcessId);
            record.RingLock = 0;
            record.DeviceInFlight = 0;
            record.AsyncWaiting = 0;
            Invariant.Check(record.TryMove(claiming, new ProcessWord(ProcessState.Live, seen.Generation)),
                "I-17: a process slot is left by its own process");
            return slot;
        }

        throw new SharingException($"{ProcessesMax} processes are attached to the instance already; that is the most.");
    }
}
