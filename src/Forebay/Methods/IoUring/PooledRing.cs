using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Methods.IoUring;

/// <summary>
/// One ring of the pool, with a lock for each of its two roles. Both are nearly always free: a session submits to the
/// ring of its stripe, and who waits drains the ring that carries its operation.
/// </summary>
/// <remarks>
/// Lock order: completion before submission before the locks of device queue and waiter list. Who holds a submission
/// lock takes no other ring's and only tries for a completion lock. A completion lock is never slept for: who does not
/// get it joins the list of waiters.
/// </remarks>
internal sealed partial class PooledRing : IDisposable
{
    private readonly Ring _ring;
    private readonly SegmentArray<RingRecord> _records;
    private readonly RequestWriter _writer;
    private readonly PendingRings _pending;

    /// <summary>The ring at <paramref name="index"/> of the pool, over its record.</summary>
    public PooledRing(
        int index, Ring ring, SegmentArray<RingRecord> records, RequestWriter writer, PendingRings pending)
    {
        _pending = pending;
        Index = index;
        _ring = ring;
        _records = records;
        _writer = writer;
    }

    /// <summary>Position in the pool.</summary>
    public int Index { get; }

    private ref RingRecord Record => ref _records[Index];

    /// <summary>Lets completions signal an eventfd; only while <see cref="EnableNotifications"/> holds.</summary>
    /// <returns>Zero, or -errno.</returns>
    public int RegisterNotifications(int eventDescriptor)
    {
        int result = _ring.RegisterEventFd(eventDescriptor);
        _ring.DisableEventNotifications();
        return result;
    }

    /// <summary>From here on completions signal; then look at <see cref="HasCompletions"/> once.</summary>
    public void EnableNotifications() => _ring.EnableEventNotifications();

    /// <summary>From here on completions need not signal.</summary>
    public void DisableNotifications() => _ring.DisableEventNotifications();

    /// <summary>Puts a file into a slot of the ring's table, or empties the slot with -1; zero or -errno.</summary>
    public int UpdateFile(int slot, int descriptor) => _ring.UpdateFile(slot, descriptor);

    /// <summary>What the ring has done so far; the numbers may belong to slightly different moments.</summary>
    public IoUringRingReading Read()
    {
        ref RingRecord record = ref Record;

        // Readings for a view, each whole by itself and ordered with nothing.
        return new IoUringRingReading(
            Index,
            _ring.SubmissionCapacity,
            Filled: Volatile.Read(ref record.Filled),
            Accepted: Volatile.Read(ref record.Accepted),
            Completed: Volatile.Read(ref record.Drained),
            Requeued: Volatile.Read(ref record.Requeued),
            // As above.
            SubmitCalls: Volatile.Read(ref record.SubmitCalls),
            WaitCalls: Volatile.Read(ref record.WaitCalls),
            Refusals: Volatile.Read(ref record.Refusals),
            Waiters: Volatile.Read(ref record.WaiterCount));
    }

    /// <summary>Closes the ring. Nothing is in flight and nobody waits.</summary>
    public void Dispose()
    {
        Invariant.Check(Record.Filled == Record.Drained, "I-73: a ring is closed with operations in it",
            Record.Drained, Record.Filled);
        _ring.Dispose();
    }
}
