using Forebay.Buffers;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Primitives;
using Forebay.Processes;

namespace Forebay.Takeover;

/// <summary>
/// Sees that another process of the instance has died, and takes over. One process does so at a time, under a lock in
/// the segment that is itself taken over if its holder dies; whatever it had begun is begun again. While the rings of a
/// dead process are not gone, all but what is in them is taken over at once, the rest when they are.
/// </summary>
internal sealed class DeathWatch : IDisposable
{
    /// <summary>Name of the thread.</summary>
    public const string ThreadName = "forebay-watch";

    private const int LookMs = 50; // for processes that attach meanwhile; the death of a known one ends the wait
    private const int AgainMs = 5;
    private const int RingsAreLateMs = 1000;
    private const int LooksPerStopped = 10; // at processes that may be stopped

    private readonly ProcessTable _processes;
    private readonly SegmentArray<PaddedFutexLock> _gate;
    private readonly Func<int, bool, bool, TakeoverState> _takeOver;
    private readonly Func<int, uint, bool> _hasNoMemory;
    private readonly Func<int, bool> _areRingsOver;
    private readonly Action<int> _ringsAreLate;
    private readonly Action<int> _isStopped;
    private readonly bool[] _knownStopped;
    private readonly WatchedProcess?[] _watched;
    private readonly Thread _thread;
    private ProcessDescriptor[] _alive = [];
    private bool _stopping;

    /// <summary>A watch over a table of processes.</summary>
    /// <param name="processes">The table.</param>
    /// <param name="gate">One lock of the segment.</param>
    /// <param name="hasNoMemory">Whether the process of a use of a slot, which had said so, has let go of the segment.
    /// </param>
    /// <param name="areRingsOver">Whether nothing is left in the rings of the dead process of a slot.</param>
    /// <param name="takeOver">
    /// Does the work for a slot, with what is in rings if they are over (second argument), after somebody else has
    /// begun it (third); called again until it is finished.
    /// </param>
    /// <param name="ringsAreLate">Called once for a slot whose rings are not over after a second.</param>
    /// <param name="isStopped">Called for a slot whose process was found stopped, each time that it is anew.</param>
    public DeathWatch(ProcessTable processes, SegmentArray<PaddedFutexLock> gate, Func<int, uint, bool> hasNoMemory,
        Func<int, bool> areRingsOver, Func<int, bool, bool, TakeoverState> takeOver, Action<int> ringsAreLate,
        Action<int> isStopped)
    {
        _processes = processes;
        _gate = gate;
        _hasNoMemory = hasNoMemory;
        _areRingsOver = areRingsOver;
        _takeOver = takeOver;
        _ringsAreLate = ringsAreLate;
        _isStopped = isStopped;
        _knownStopped = new bool[processes.Count];
        _watched = new WatchedProcess?[processes.Count];
        _thread = new Thread(Run) { IsBackground = true, Name = ThreadName };
    }

    /// <summary>
    /// Whether this process has taken over all that a dead one had but what its rings hold; a reading.
    /// </summary>
    public bool AwaitsRings => _watched.Any(static watched => watched is { AwaitsRings: true });

    /// <summary>Processes taken over from by this one.</summary>
    public int Takeovers { get; private set; }

    /// <summary>How long the last takeover took from when the death was seen, in milliseconds.</summary>
    public double LastTookMs { get; private set; }

    /// <summary>How often it had to be tried until it was finished.</summary>
    public int LastTries { get; private set; }

    /// <summary>How much of that it waited for nothing but the dead process's rings, in milliseconds.</summary>
    public double LastRingsMs { get; private set; }

    /// <summary>Begins.</summary>
    public void Start() => _thread.UnsafeStart();

    /// <summary>Ends the thread, when it has finished what it does.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true); // a hint: the thread looks often enough
        _thread.Join();
        foreach (WatchedProcess? watched in _watched)
            watched?.Dispose();
    }

    private void Run()
    {
        bool mayBeGone = true;
        for (int look = 1; !Volatile.Read(ref _stopping); look++) // as above
        {
            if (look % LooksPerStopped == 0)
                LookForStopped();
            int waitMs = LookMs;
            bool isOther = false;
            for (int slot = 0; slot < _processes.Count; slot++)
            {
                if (slot == _processes.Own)
                    continue;
                bool isDead = IsDead(slot, mayBeGone, ref isOther);
                if (isDead)
                    waitMs = Math.Min(waitMs, TryTakeOver(slot, _watched[slot]!));
            }

            if (isOther)
                _alive = [.. _watched.OfType<WatchedProcess>().Where(static watched => !watched.IsGone)
                    .Select(static watched => watched.Descriptor).OfType<ProcessDescriptor>()];
            mayBeGone = ProcessDescriptor.WaitAny(_alive, waitMs) != 0;
        }
    }

    private void LookForStopped()
    {
        for (int slot = 0; slot < _processes.Count; slot++)
        {
            bool isStopped = slot != _processes.Own && _processes[slot].Word.State == ProcessState.Live
                && ProcessCalls.IsStopped(_processes[slot].Process);
            if (isStopped && !_knownStopped[slot])
                _isStopped(slot);
            _knownStopped[slot] = isStopped;
        }
    }

    /// <param name="slot">The slot.</param>
    /// <param name="mayBeGone">Whether one of the known ones may be gone: then they are looked at.</param>
    /// <param name="isOther">Set if those who are watched are others than before.</param>
    private bool IsDead(int slot, bool mayBeGone, ref bool isOther)
    {
        ref ProcessRecord record = ref _processes[slot];
        ProcessWord word = record.Word;
        ref WatchedProcess? watched = ref _watched[slot];
        switch (word.State)
        {
            case ProcessState.Live:
                if (watched is null || watched.Generation != word.Generation || !watched.IsCertain)
                {
                    isOther = true;
                    watched?.Dispose();
                    watched = WatchedProcess.Open(record, word.Generation);
                    if (record.Word != word)
                        return false; // it was not of this use: looked at anew
                }
                else if (mayBeGone && !watched.IsGone)
                {
                    isOther |= watched.Look();
                }

                // It runs another program: its number is the same, and nothing of what it had is its any more.
                if (!watched.IsGone && record.HasMark != 0 && _hasNoMemory(slot, word.Generation)
                    && record.Word == word)
                {
                    isOther = true;
                    watched.MarkGone();
                }

                return watched.IsGone;
            case ProcessState.Recovering:
                if (watched is null || watched.Generation != word.Generation)
                {
                    isOther = true;
                    watched?.Dispose();
                    watched = WatchedProcess.Gone(word.Generation);
                }

                return true;
            case ProcessState.Free:
            case ProcessState.Claiming:
            default:
                isOther |= watched is not null;
                watched?.Dispose();
                watched = null;
                return false;
        }
    }

    /// <returns>In how many milliseconds there is something to do for the slot again.</returns>
    private int TryTakeOver(int slot, WatchedProcess watched)
    {
        ref FutexLock gate = ref _gate[0].Lock;
        if (!TryEnter(ref gate, slot, watched))
            return watched.TryAgainMs;
        try
        {
            DeathPoints.Reach(DeathPoint.TakeoverGateHeld);
            ProcessWord seen = _processes[slot].Word;
            ProcessWord taking = new(ProcessState.Recovering, seen.Generation, _processes.Own);
            if (!_processes[slot].TryMove(seen, taking))
                return watched.TryAgainMs;
            DeathPoints.Reach(DeathPoint.TakeoverSaid);
            bool areRingsOver = _areRingsOver(slot);
            if (!areRingsOver && watched.AwaitsRings)
                return WhileRingsLast(slot, watched);
            bool isBegunAgain = seen.State == ProcessState.Recovering && seen.Recoverer != _processes.Own;
            TakeoverState state = _takeOver(slot, areRingsOver, isBegunAgain);
            if (state == TakeoverState.AwaitingRings)
                watched.AwaitRings();
            if (state != TakeoverState.Finished)
                return state == TakeoverState.MustStop ? LookMs : watched.TryAgainMs;
            DeathPoints.Reach(DeathPoint.TakeoverFinished);
            _processes[slot].TryMove(taking, new ProcessWord(ProcessState.Free, unchecked(seen.Generation + 1)));
            DeathPoints.Reach(DeathPoint.TakeoverSlotFree);
            (LastTookMs, LastRingsMs) = watched.Ages();
            LastTries = watched.Tries + 1;
            Takeovers++;
            return LookMs;
        }
        finally
        {
            gate.Exit();
        }
    }

    // The gate, if the slot is still that of the dead one. If that changed while the gate was being taken from him, it
    // was taken from the next process in that slot, who lives: it goes back as it was.
    private bool TryEnter(ref FutexLock gate, int slot, WatchedProcess watched)
    {
        if (!IsStillHis(slot, watched))
            return false;
        bool isEntered = gate.TryEnter(_processes.Own);
        if (!isEntered && !gate.TryTakeOver(slot, _processes.Own))
            return false;
        if (IsStillHis(slot, watched))
            return true;
        if (isEntered || !gate.TryTakeOver(_processes.Own, slot))
            gate.Exit();
        return false;
    }

    private bool IsStillHis(int slot, WatchedProcess watched)
    {
        ProcessWord word = _processes[slot].Word;
        return word.State is ProcessState.Live or ProcessState.Recovering && word.Generation == watched.Generation;
    }

    // Nothing but the kernel can end it. So it is asked often first, and then as often as we look around anyhow.
    private int WhileRingsLast(int slot, WatchedProcess watched)
    {
        if (watched.Ages().Rings < RingsAreLateMs)
            return AgainMs;
        if (!watched.IsReported)
            _ringsAreLate(slot);
        watched.IsReported = true;
        return LookMs;
    }
}
