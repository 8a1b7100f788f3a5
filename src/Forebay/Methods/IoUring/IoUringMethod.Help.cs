using Forebay.Handles;

namespace Forebay.Methods.IoUring;

/// <summary>Waiting, which is draining.</summary>
internal sealed partial class IoUringMethod
{
    /// <inheritdoc/>
    public void TryHelp(int handle)
    {
        int lane = Volatile.Read(ref _handles[handle].Lane); // acquire: what belongs to the lane is visible
        if (RingLane.IsWaiting(lane))
        {
            // Any completion makes room for it.
            foreach (PooledRing ring in _rings)
                TryDrain(ring);
            Pump(HomeOf(handle));
        }
        else if ((uint)RingLane.Ring(lane) < (uint)_rings.Length)
        {
            TryDrain(_rings[RingLane.Ring(lane)]);
        }

        OfferPending();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The waiter goes to the ring of its operation and takes the completer's role there, or joins the ring's list of
    /// waiters while another has it. Where an operation waits for budget, it first ties it to a ring that carries
    /// something, so that one place is enough to stand at.
    /// <code>
    ///   what may happen meanwhile                            why the waiter hears of it
    ///   the operation completes at this ring                 it drains it itself, or the drainer's transition signals
    ///   whoever drains leaves                                wakes one of the list (PooledRing, rules 1 to 3)
    ///   the operation is submitted, tied to this ring        nothing to hear: it stands there already
    ///   the operation leaves the ring (a transient result,   who changes the lane signals the wait word; a waiter that
    ///   or its ring ran empty while it waits for budget)     holds the role here changes it itself
    ///   the submitter has the lane set, not yet entered      the waiter passes through the submission lock, not the
    ///                                                        kernel, unless something is certain to complete
    ///   the kernel refuses entries                           whoever waits offers them before it sleeps, and sleeps
    ///                                                        only for a moment where nothing else is in the kernel
    ///   the handle is reused                                 generation differs: the waiter leaves
    /// </code>
    /// The sleep itself is the usual pair: the waiter registers in the wait word (full fence), re-reads state and lane,
    /// sleeps; who moves one of them fences and then reads the count of the registered.
    /// </remarks>
    public void Help(int handle, long generation)
    {
        while (true)
        {
            int lane = Volatile.Read(ref _handles[handle].Lane); // acquire: what belongs to the lane is visible
            if (lane == 0 || !IsPending(handle, generation))
                return;
            int index = RingLane.Ring(lane);
            if (index == RingLane.NoRing)
                HelpWaiting(handle, generation);
            else if (_rings[index].TryEnterCompletion())
                AttendAndExit(_rings[index], handle, generation);
            else
                WaitInList(_rings[index], handle, generation);
        }
    }

    private bool IsPending(int handle, long generation)
    {
        IoHandleWord word = _handles[handle].Word;
        return word.State == IoHandleState.Submitted && word.Generation == generation;
    }

    private bool IsPendingAt(PooledRing ring, int handle, long generation) =>
        IsPending(handle, generation)
        && RingLane.Ring(Volatile.Read(ref _handles[handle].Lane)) == ring.Index; // behind the fences of the callers

    private void AttendAndExit(PooledRing ring, int handle, long generation)
    {
        AttendLocked(ring, handle, generation);
        ExitCompletion(ring);
    }

    /// <summary>
    /// Looks after a ring as its completer until the operation has gone on, or has left the ring.
    /// </summary>
    private void AttendLocked(PooledRing ring, int handle, long generation)
    {
        while (IsPendingAt(ring, handle, generation))
        {
            if (DrainLocked(ring) > 0)
                continue;

            // Nothing unsubmitted may stay behind while we sleep, in this ring or over budget.
            OfferPending();
            Pump(ring);
            if (ring.InKernel > 0)
                ring.WaitLocked();
            else if (!TryLeave(ring, handle))
                Settle(ring);
        }
    }

    // An operation that waits for budget and is tied to this ring has no business here once the ring carries nothing.
    private bool TryLeave(PooledRing ring, int handle)
    {
        ref IoHandle record = ref _handles[handle];
        int tied = RingLane.WaitingFor(ring.Index);

        // Full fence: the lane has changed before the waiters are looked at. Only the completer of the ring that it is
        // tied to, or who submits it, changes it; one of them wins.
        if (Interlocked.CompareExchange(ref record.Lane, RingLane.Waiting, tied) != tied)
            return false;
        _ = record.Wait.Signal(); // others who wait for it here choose anew as well
        return true;
    }

    // The operation is in this ring and not in the kernel: a submitter is about to enter, or the kernel refuses. Behind
    // the submission lock it is one of the two for certain.
    private static void Settle(PooledRing ring)
    {
        if (!Flush(ring) && ring.InKernel <= 0)
            ring.PauseLocked();
    }

    /// <summary>Sleeps until the operation moves, or until it is this thread's turn to look after the ring.</summary>
    private void WaitInList(PooledRing ring, int handle, long generation)
    {
        ref IoHandle record = ref _handles[handle];
        RingWaiter me = RingWaiter.Mine;
        me.Handle = handle;
        int ticket = record.Wait.Register(); // full fence: before the list, and before the re-reading below
        ring.Join(me);
        if (ring.TryEnterCompletion())
        {
            _ = ring.LeaveWasTaken(me); // taken or not: we have the role that it is about
            record.Wait.Unregister();
            AttendAndExit(ring, handle, generation);
            return;
        }

        if (IsPendingAt(ring, handle, generation))
            record.Wait.Sleep(ticket, _sleepMs);
        record.Wait.Unregister();

        // Rule 2: woken as the next to look after the ring, even if our own operation is done.
        if (ring.LeaveWasTaken(me) && ring.TryEnterCompletion())
            AttendAndExit(ring, handle, generation);
    }

    /// <summary>The operation waits for budget and is tied to no ring: find one to stand at.</summary>
    private void HelpWaiting(int handle, long generation)
    {
        PooledRing home = HomeOf(handle);
        Pump(home);

        // Best is a ring that nobody looks after, so that its completions make room.
        foreach (PooledRing ring in _rings)
        {
            if (ring.InKernel <= 0 || !ring.TryEnterCompletion())
                continue;
            if (TryTie(ring, handle))
                AttendLocked(ring, handle, generation);
            ExitCompletion(ring);
            return;
        }

        // All are looked after: then any of them.
        foreach (PooledRing ring in _rings)
        {
            if (ring.InKernel > 0 && TryTie(ring, handle))
                return;
        }

        // The budget is in the hands of threads between two steps, or in entries that wait to be accepted. Behind each
        // submission lock a submitter that was inside the kernel has counted what it brought there.
        foreach (PooledRing ring in _rings)
            _ = Flush(ring);
        if (_pending.Any && home.TryEnterCompletion())
        {
            home.PauseLocked(); // the kernel refuses: nothing that we could do sooner would help
            ExitCompletion(home);
        }
        else
        {
            Thread.Yield();
        }
    }

    private static bool Flush(PooledRing ring)
    {
        ring.EnterSubmission();
        bool accepted = ring.FlushLocked();
        ring.ExitSubmission();
        return accepted;
    }

    private bool TryTie(PooledRing ring, int handle) =>
        // Full fence; who submits the operation either finds it tied, or has moved the lane and we look again.
        Interlocked.CompareExchange(
            ref _handles[handle].Lane, RingLane.WaitingFor(ring.Index), RingLane.Waiting) == RingLane.Waiting;
}
