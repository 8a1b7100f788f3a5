using Forebay.Buffers;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Processes;

namespace Forebay.Takeover;

/// <summary>
/// Sees that another process of the instance has died, and takes over. One process does so at a time, under a lock in
/// the segment that is itself taken over if its holder dies; whatever it had begun is begun again.
/// </summary>
internal sealed class DeathWatch : IDisposable
{
    /// <summary>Name of the thread.</summary>
    public const string ThreadName = "forebay-watch";

    private const int LookMs = 50; // for processes that attach meanwhile; the death of a known one ends the wait
    private const int AgainMs = 5;

    private readonly ProcessTable _processes;
    private readonly SegmentArray<PaddedFutexLock> _gate;
    private readonly Func<int, TakeoverState> _takeOver;
    private readonly Func<int, bool> _isIoOver;
    private readonly Watched?[] _watched;
    private readonly Thread _thread;
    private bool _stopping;

    /// <summary>A watch over a table of processes.</summary>
    /// <param name="processes">The table.</param>
    /// <param name="gate">One lock of the segment.</param>
    /// <param name="isIoOver">Whether nothing that a dead process has begun can still write into a frame.</param>
    /// <param name="takeOver">Does the work for a slot; called again until it is finished.</param>
    public DeathWatch(ProcessTable processes, SegmentArray<PaddedFutexLock> gate, Func<int, bool> isIoOver,
        Func<int, TakeoverState> takeOver)
    {
        _processes = processes;
        _gate = gate;
        _isIoOver = isIoOver;
        _takeOver = takeOver;
        _watched = new Watched?[processes.Count];
        _thread = new Thread(Run) { IsBackground = true, Name = ThreadName };
    }

    /// <summary>Processes taken over from by this one.</summary>
    public int Takeovers { get; private set; }

    /// <summary>How long the last takeover took from when the death was seen, in milliseconds.</summary>
    public double LastTookMs { get; private set; }

    /// <summary>Begins.</summary>
    public void Start() => _thread.UnsafeStart();

    /// <summary>Ends the thread, when it has finished what it does.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true); // a hint: the thread looks often enough
        _thread.Join();
        foreach (Watched? watched in _watched)
            watched?.Descriptor.Dispose();
    }

    private void Run()
    {
        while (!Volatile.Read(ref _stopping)) // as above
        {
            bool isWaiting = false;
            for (int slot = 0; slot < _processes.Count; slot++)
                isWaiting |= slot != _processes.Own && IsDead(slot) && !TryTakeOver(slot);
            ProcessDescriptor[] alive = [.. _watched.OfType<Watched>().Where(static w => !w.Descriptor.IsGone())
                .Select(static w => w.Descriptor)];
            ProcessDescriptor.WaitAny(alive, isWaiting ? AgainMs : LookMs);
        }
    }

    private bool IsDead(int slot)
    {
        ref ProcessRecord record = ref _processes[slot];
        ProcessWord word = record.Word;
        switch (word.State)
        {
            case ProcessState.Recovering:
                return true;
            case ProcessState.Live:
                break;
            case ProcessState.Free:
            case ProcessState.Claiming:
            default:
                return false;
        }

        if (_watched[slot] is not { } watched || watched.Word != word)
        {
            _watched[slot]?.Descriptor.Dispose();
            _watched[slot] = ProcessDescriptor.TryOpen(record.Process) is { } opened ? new Watched(word, opened) : null;
        }

        // Opened by number: that it is the process that was meant, and not the number's next one, its start tells. Both
        // are read before the word once more, so that they belong to it.
        bool isGone = _watched[slot] is not { } known || known.Descriptor.IsGone()
            || ProcessCalls.StartTime(record.Process) != record.StartTime;
        return isGone && record.Word == word;
    }

    /// <returns>Whether there is nothing left to do.</returns>
    private bool TryTakeOver(int slot)
    {
        ref FutexLock gate = ref _gate[0].Lock;
        if (!gate.TryEnter(_processes.Own) && !gate.TryTakeOver(slot, _processes.Own))
            return false;
        try
        {
            ProcessWord seen = _processes[slot].Word;
            if (!_isIoOver(slot) || (seen.State is not (ProcessState.Live or ProcessState.Recovering)))
                return false;
            long begun = System.Diagnostics.Stopwatch.GetTimestamp();
            ProcessWord taking = new(ProcessState.Recovering, seen.Generation, _processes.Own);
            if (!_processes[slot].TryMove(seen, taking) || _takeOver(slot) != TakeoverState.Finished)
                return false;
            _processes[slot].TryMove(taking, new ProcessWord(ProcessState.Free, unchecked(seen.Generation + 1)));
            Takeovers++;
            LastTookMs = System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            return true;
        }
        finally
        {
            gate.Exit();
        }
    }

    private sealed record Watched(ProcessWord Word, ProcessDescriptor Descriptor);
}
