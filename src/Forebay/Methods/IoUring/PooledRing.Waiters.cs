using Forebay.Handles;

namespace Forebay.Methods.IoUring;

/// <summary>
/// Those who wait at this ring while somebody else has the completer's role, first in first out.
/// </summary>
/// <remarks>
/// The promise: while somebody is listed, somebody has the role or is on the way to it. Three rules keep it.
/// <code>
///   1  who joins                            who leaves the role
///        join the list, count++ (fence)       free the lock (full fence)
///        try for the lock                     count > 0? take one off the list and signal it
///
///   2  who was taken off the list tries for the lock before it does anything else, even if its operation is done:
///      it gets it, and then leaves the role by rule 1; or somebody has it, who leaves by rule 1 after this attempt.
///   3  who goes without having been taken off the list takes itself off, and owes nobody anything.
/// </code>
/// By rule 1 either the joiner finds the lock free or the leaver finds the joiner in the list. By rule 2 the duty that
/// goes with being woken is never dropped. Signals go through the wait word of the waiter's own operation, which also
/// wakes it when that operation is done; a signal that comes too late, to a handle that was reused meanwhile, makes
/// somebody look once in vain.
/// </remarks>
internal sealed partial class PooledRing
{
    private RingWaiter? _oldest;
    private RingWaiter? _youngest;

    /// <summary>Joins the list. The caller then tries for the completer's role before it sleeps.</summary>
    public void Join(RingWaiter waiter)
    {
        ref RingRecord record = ref Record;
        record.Waiters.Enter();
        waiter.IsListed = true;
        waiter.Previous = _youngest;
        if (_youngest is null)
            _oldest = waiter;
        else
            _youngest.Next = waiter;
        _youngest = waiter;
        Volatile.Write(ref record.WaiterCount, record.WaiterCount + 1); // before the caller's attempt: Exit is a fence
        record.Waiters.Exit();
    }

    /// <summary>Leaves the list.</summary>
    /// <returns>Whether somebody had taken it off before: then rule 2 binds the caller.</returns>
    public bool LeaveWasTaken(RingWaiter waiter)
    {
        ref RingRecord record = ref Record;
        record.Waiters.Enter();
        bool listed = waiter.IsListed;
        if (listed)
            RemoveLocked(ref record, waiter);
        record.Waiters.Exit();
        return !listed;
    }

    private void WakeOne(IoHandleTable handles)
    {
        ref RingRecord record = ref Record;
        if (Volatile.Read(ref record.WaiterCount) == 0) // behind the full fence of freeing the lock, see rule 1
            return;
        record.Waiters.Enter();
        RingWaiter? oldest = _oldest;
        int handle = oldest?.Handle ?? 0; // read here: off the list, the waiter is its thread's again
        if (oldest is not null)
            RemoveLocked(ref record, oldest);
        record.Waiters.Exit();
        if (oldest is not null)
            // Counted there since before it joined; asynchronous waiters need no role.
            _ = handles[handle].Wait.Signal();
    }

    private void RemoveLocked(ref RingRecord record, RingWaiter waiter)
    {
        if (waiter.Previous is null)
            _oldest = waiter.Next;
        else
            waiter.Previous.Next = waiter.Next;
        if (waiter.Next is null)
            _youngest = waiter.Previous;
        else
            waiter.Next.Previous = waiter.Previous;
        waiter.Previous = null;
        waiter.Next = null;
        waiter.IsListed = false;
        Volatile.Write(ref record.WaiterCount, record.WaiterCount - 1); // under the lock; too high only costs a look
    }
}
