using System.Diagnostics;
using Forebay.Handles;
using Forebay.Interop.IoUring;
using Forebay.Primitives;

namespace Forebay.Methods.IoUring;

/// <summary>How completions come out of rings.</summary>
internal sealed partial class IoUringMethod
{
    // Completions that are taken out before the drainer looks whether it may go: the bound on work for others.
    private const int DrainMax = 32;

    /// <summary>Completes what is ready in a ring, if it is that and its completer's role is free.</summary>
    internal void TryDrain(PooledRing ring)
    {
        if (!ring.HasCompletions || !ring.TryEnterCompletion())
            return;
        _ = DrainLocked(ring);
        ExitCompletion(ring);
    }

    private void ExitCompletion(PooledRing ring)
    {
        ring.ExitCompletion(_handles);
        _reaper.AfterExit(ring);
    }

    /// <summary>
    /// Takes out at most <see cref="DrainMax"/> completions and completes them. First come the copies, which give their
    /// slots back; then new work for the device; then the completing, which may take its time.
    /// </summary>
    /// <returns>How many it took out.</returns>
    private int DrainLocked(PooledRing ring)
    {
        Span<Completion> taken = stackalloc Completion[DrainMax];
        int count = ring.TakeLocked(taken);
        if (count == 0)
            return 0;
        DeathPoints.Reach(DeathPoint.RingDrained);
        _device.Release(count);
        Pump(ring);
        bool again = false;
        long now = Stopwatch.GetTimestamp(); // one for all that came out together
        foreach (ref readonly Completion completion in taken[..count])
            again |= !TryComplete(ring, completion, now);
        if (again)
            Pump(ring);
        OfferPending();
        return count;
    }

    private bool TryComplete(PooledRing ring, in Completion completion, long now)
    {
        RequestTag tag = new(completion.UserData);
        Invariant.Check((uint)tag.Handle < (uint)_handles.Count, "I-78: a completion names a handle", tag.Handle, 0);
        ref IoHandle handle = ref _handles[tag.Handle];
        IoHandleWord word = handle.Word;
        Invariant.Check(word.State == IoHandleState.Submitted && tag.Names(word.Generation),
            "I-78: a completion belongs to the handle's present use", word.State, IoHandleState.Submitted);
        _writer.Returned(ref handle);
        if (_sink.Complete(tag.Handle, completion.Result, now))
            return true;
        ring.CountRequeuedLocked();
        Requeue(tag.Handle);
        return false;
    }

    // The result said nothing about the data: a signal, a shortage, or a submitting thread that has exited. This thread
    // lives, so it submits the operation anew.
    private void Requeue(int handle)
    {
        ref IoHandle record = ref _handles[handle];

        // Full fence: the lane has left the ring before the waiters are looked at. Those who sleep at this ring for
        // this operation are woken, as it may go to another one; those who come later find the new lane.
        Interlocked.Exchange(ref record.Lane, RingLane.Waiting);
        _device.Prepend(handle);
        _ = record.Wait.Signal();
    }
}
