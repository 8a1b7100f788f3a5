using Forebay.Primitives;

namespace Forebay.Methods.IoUring;

/// <summary>How operations come into rings.</summary>
internal sealed partial class IoUringMethod
{
    // Operations that one thread takes from the overflow queue at a time.
    private const int TakeMax = 32;

    /// <inheritdoc/>
    public void Submit(ReadOnlySpan<int> handles, int stripe)
    {
        PooledRing home = HomeOf(stripe);

        // What waits goes first: while the queue is not empty, new operations join its end.
        int granted = _device.Count > 0 ? 0 : _device.Reserve(handles.Length);
        int placed = granted > 0 ? Place(handles[..granted], home) : 0;
        if (placed < granted)
        {
            MarkWaiting(handles[placed..granted]);
            if (_device.PutBack(handles[placed..granted]))
                Pump(home);
        }

        if (granted < handles.Length)
            Queue(handles[granted..], home);
        OfferPending();
    }

    /// <summary>
    /// Offers what the kernel has refused before, in every ring whose submitter's role is free. Without effect on most
    /// calls; whoever waits, polls, drains or submits comes here.
    /// </summary>
    internal void OfferPending()
    {
        if (!_pending.Any)
            return;
        foreach (PooledRing ring in _rings)
        {
            if (ring.Pending == 0 || !ring.TryEnterSubmission())
                continue;
            _ = ring.FlushLocked();
            ring.ExitSubmission();
        }
    }

    private PooledRing HomeOf(int stripe) => _rings[(int)((uint)stripe % (uint)_rings.Length)];

    private void Queue(ReadOnlySpan<int> handles, PooledRing home)
    {
        MarkWaiting(handles);
        _device.Append(handles);
        Pump(home);
    }

    // Before an operation can be taken from the queue by others. From here on its waiters come to us.
    private void MarkWaiting(ReadOnlySpan<int> handles)
    {
        foreach (int handle in handles)
        {
            // Full fence. One that could not be placed is tied to a ring already, and stays so.
            Interlocked.CompareExchange(ref _handles[handle].Lane, RingLane.Waiting, 0);
        }
    }

    /// <summary>Brings operations out of the overflow queue into rings, as long as there is budget.</summary>
    private void Pump(PooledRing home)
    {
        if (_device.Count == 0)
            return;
        Span<int> taken = stackalloc int[TakeMax];
        while (true)
        {
            int count = _device.Take(taken);
            if (count == 0)
                return;
            int placed = Place(taken[..count], home);
            if (placed < count && !_device.PutBack(taken[placed..count]))
                return;
        }
    }

    /// <summary>
    /// Puts operations that hold budget into rings, in order, and enters the kernel once per ring: the home ring or one
    /// whose submitter's role is free, and for those that are tied to a ring, that one.
    /// </summary>
    /// <remarks>
    /// Entries that the kernel refuses are the business of whoever waits. Those who await have nobody but the reaper,
    /// so it is told, whichever thread this is: a drainer may be on its way out.
    /// </remarks>
    /// <returns>How many; the rest found a queue full of entries that the kernel refuses.</returns>
    private int Place(ReadOnlySpan<int> handles, PooledRing home)
    {
        int placed = 0;
        bool full = false;
        bool refused = false;
        while (placed < handles.Length && !full)
        {
            PooledRing ring = EnterSubmissionFor(handles[placed], home);
            while (placed < handles.Length && TryMoveLaneInto(handles[placed], ring))
            {
                if (!ring.TryFillLocked(handles[placed]))
                {
                    // Whoever saw the lane in this ring stands at this ring, so it stays tied to it.
                    // Release: as in Queue.
                    Volatile.Write(ref _handles[handles[placed]].Lane, RingLane.WaitingFor(ring.Index));
                    full = true;
                    break;
                }

                placed++;
            }

            DeathPoints.Reach(DeathPoint.RingFilled);
            refused |= !ring.FlushLocked();
            DeathPoints.Reach(DeathPoint.RingEntered);
            ring.ExitSubmission();
        }

        if (refused)
            _reaper.AfterRefusal();
        return placed;
    }

    private PooledRing EnterSubmissionFor(int handle, PooledRing home)
    {
        int lane = Volatile.Read(ref _handles[handle].Lane); // a hint; moving the lane looks again
        if (RingLane.IsWaiting(lane) && RingLane.Ring(lane) != RingLane.NoRing)
        {
            PooledRing tied = _rings[RingLane.Ring(lane)];
            tied.EnterSubmission();
            return tied;
        }

        if (home.TryEnterSubmission())
            return home;
        foreach (PooledRing other in _rings)
        {
            if (other != home && other.TryEnterSubmission())
                return other;
        }

        home.EnterSubmission();
        return home;
    }

    /// <summary>Moves the lane of an operation into a ring, unless it is tied to another one.</summary>
    private bool TryMoveLaneInto(int handle, PooledRing ring)
    {
        ref int lane = ref _handles[handle].Lane;
        while (true)
        {
            int seen = Volatile.Read(ref lane); // the exchange below checks that it still holds
            if (RingLane.IsWaiting(seen) && RingLane.Ring(seen) is var tied && tied != RingLane.NoRing
                && tied != ring.Index)
                return false;

            // Full fence, and one of us and a waiter who ties the operation to its own ring wins. Before the entry is
            // offered: a completion finds the lane there.
            if (Interlocked.CompareExchange(ref lane, RingLane.In(ring.Index), seen) == seen)
                return true;
        }
    }
}
