using Forebay.Handles;
using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Primitives;

namespace Forebay.Methods.IoUring;

/// <summary>The completer's role.</summary>
internal sealed partial class PooledRing
{
    // How long entries that the kernel refused may lie while their ring's completer sleeps.
    private static readonly TimeSpan s_lookAround = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether a drain would find something now; any thread.</summary>
    public bool HasCompletions => _ring.HasCompletions;

    /// <summary>
    /// Operations that the kernel has accepted and whose completions have not been taken out: at least as many as this.
    /// Exact enough for the completer to wait for one of them; for others a hint.
    /// </summary>
    public long InKernel
    {
        get
        {
            ref RingRecord record = ref Record;

            // Acquire, the drained first: they had been accepted, so a reading of both is never too high for long; the
            // completer's own count of the drained cannot move, and then the difference is a lower bound.
            long drained = Volatile.Read(ref record.Drained);
            return Volatile.Read(ref record.Accepted) - drained;
        }
    }

    /// <summary>Takes the completer's role if it is free.</summary>
    public bool TryEnterCompletion() => Record.Completion.TryEnter();

    /// <summary>
    /// Gives the completer's role back and wakes one of those who wait at this ring, whether or not its own operation
    /// is done: it is the next to look after the ring.
    /// </summary>
    public void ExitCompletion(IoHandleTable handles)
    {
        Record.Completion.Exit(); // full fence: before the look at the list, see WakeOne
        WakeOne(handles);
    }

    /// <summary>Takes completions out, as copies; their slots belong to the kernel again.</summary>
    public int TakeLocked(Span<Completion> taken)
    {
        ref RingRecord record = ref Record;
        Invariant.Check(record.Completion.IsHeld, "I-70: what a lock guards is touched by its holder alone");
        int count = _ring.Drain(taken);
        if (count > 0)
            Volatile.Write(ref record.Drained, record.Drained + count); // release: others subtract it from Accepted
        return count;
    }

    /// <summary>Counts an operation that has to go again.</summary>
    public void CountRequeuedLocked() => Record.Requeued++;

    /// <summary>
    /// Sleeps in the kernel until a completion is there. Something must be in the kernel: the caller holds the
    /// completer's role, so that nobody else takes its completion away. Returns without one after a while: a submitter
    /// whose entries the kernel has refused meanwhile relies on the completer to offer them again.
    /// </summary>
    public void WaitLocked()
    {
        ref RingRecord record = ref Record;
        Invariant.Check(record.Completion.IsHeld, "I-70: what a lock guards is touched by its holder alone");
        Invariant.Check(InKernel > 0, "I-75: nobody waits in a ring that carries nothing");
        record.WaitCalls++;
        CheckWait(_ring.Wait(1, s_lookAround));
    }

    /// <summary>Sleeps a moment, or until a completion is there: the kernel is short of something.</summary>
    public void PauseLocked() => CheckWait(_ring.Wait(1, TimeSpan.FromMilliseconds(1)));

    // A signal ends a wait early, and so does the time; the caller looks at the queue in any case.
    private static void CheckWait(int result) => Invariant.Check(
        result >= 0 || result is -(int)Errno.Interrupted or -(int)Errno.TimeExpired or -(int)Errno.TryAgain
            or -(int)Errno.Busy,
        "I-76: the kernel lets a completer wait", result, 0);
}
