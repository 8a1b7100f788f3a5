using Forebay.Handles;
using Forebay.Memory;
using Forebay.Primitives;
using Forebay.Processes;

namespace Forebay.Methods.IoUring;

/// <summary>
/// Keeps what is in flight at one device within a budget, over all rings. Who brings an operation reserves budget for
/// it, who takes its completion out of a ring releases it. What finds no budget waits in a queue, first in first out.
/// </summary>
/// <remarks>
/// No operation is forgotten in the queue:
/// <code>
///   who queues                              who releases
///     append, count++   (lock: full fence)    in flight -= n   (full fence)
///     try to take from the queue              queue not empty? try to take from it
/// </code>
/// Each side writes, fences and then reads what the other wrote, so at least one of them sees both budget and operation
/// and takes it. A queue that is left not empty therefore means that all budget was in use when somebody last looked,
/// and the budget is at least 1: some operation holds it, and whoever brings that one's completion looks again.
/// The one exception, <see cref="PutBack"/>, is the same pair the other way round: it appends (full fence) and then
/// reads what the others hold.
/// </remarks>
internal sealed class DeviceQueue(SegmentArray<DeviceQueueRecord> records, IoHandleTable handles, int budget,
    ProcessTable? processes = null)
{
    private readonly ProcessTable? _sharers = processes is { IsShared: true } ? processes : null;
    private readonly int _processSlot = processes?.Own ?? 0;

    private ref DeviceQueueRecord Record => ref records[_processSlot];

    // Each process has its part of the budget, and of those its own drainers release it. The parts change as processes
    // come and go; what is in flight beyond a new, smaller one is not called back.
    private int Limit => _sharers is null ? budget : Math.Max(1, budget / _sharers.LiveAbout);

    /// <summary>Most operations in flight.</summary>
    public int Budget => budget;

    /// <summary>Operations that hold budget now.</summary>
    public int InFlight => Volatile.Read(ref Record.InFlight); // a reading for views and hints

    /// <summary>Operations in the queue now.</summary>
    public int Count => Volatile.Read(ref Record.Count); // behind the caller's full fence where it matters, see above

    /// <summary>Operations that went through the queue so far.</summary>
    public long Queued => Volatile.Read(ref Record.Queued); // a reading for views

    /// <summary>Begins anew: a process that died may have had the record before.</summary>
    public void Clear() => Record = default;

    /// <summary>Reserves budget for up to <paramref name="wanted"/> operations and returns for how many.</summary>
    public int Reserve(int wanted)
    {
        ref int inFlight = ref Record.InFlight;
        while (true)
        {
            int seen = Volatile.Read(ref inFlight); // ordered behind the append of the caller, see above
            Invariant.Check((uint)seen <= (uint)budget, "I-71: the budget is never overdrawn", seen, budget);
            int granted = Math.Min(wanted, Limit - seen);
            if (granted <= 0)
                return 0;

            // Full fence, and one of several takers of the same budget wins.
            if (Interlocked.CompareExchange(ref inFlight, seen + granted, seen) == seen)
                return granted;
        }
    }

    /// <summary>Gives budget back. The caller then looks at <see cref="Count"/>.</summary>
    /// <returns>What others hold.</returns>
    public int Release(int count)
    {
        // Full fence: the budget is visible before the caller's look at the queue.
        int left = Interlocked.Add(ref Record.InFlight, -count);
        Invariant.Check(left >= 0, "I-71: the budget is never overdrawn", left, 0);
        return left;
    }

    /// <summary>Puts operations without budget at the end. The caller then tries to take.</summary>
    public void Append(ReadOnlySpan<int> added)
    {
        ref DeviceQueueRecord record = ref Record;
        record.Lock.Enter(_processSlot);
        foreach (int handle in added)
        {
            handles[handle].QueueNext = 0;
            if (record.Last != 0)
                handles[record.Last - 1].QueueNext = handle + 1;
            else
                record.First = handle + 1;
            record.Last = handle + 1;
        }

        record.Queued += added.Length;
        AddToCountLocked(ref record, added.Length);
        record.Lock.Exit();
    }

    /// <summary>
    /// Puts an operation at the front: the kernel gave it up and it is to go again, as one of the oldest. Its budget
    /// has been released. The caller then tries to take.
    /// </summary>
    public void Prepend(int handle)
    {
        ref DeviceQueueRecord record = ref Record;
        record.Lock.Enter(_processSlot);
        PrependLocked(ref record, handle);
        AddToCountLocked(ref record, 1);
        record.Lock.Exit();
    }

    /// <summary>
    /// Puts operations that were taken, or had budget reserved, in front again and releases their budget: their ring
    /// has no free entry.
    /// </summary>
    /// <returns>
    /// False: others hold budget, and whoever releases the last of it comes to this queue; the caller does not try
    /// again, as its ring may be full of entries that the kernel refuses. True: nobody does, so those entries have
    /// been accepted and have completed meanwhile, and nobody will come: the caller tries to take.
    /// </returns>
    public bool PutBack(ReadOnlySpan<int> taken)
    {
        ref DeviceQueueRecord record = ref Record;
        record.Lock.Enter(_processSlot);
        for (int i = taken.Length - 1; i >= 0; i--)
            PrependLocked(ref record, taken[i]);
        AddToCountLocked(ref record, taken.Length);
        record.Lock.Exit(); // full fence: the queue is visible before the reading of what the others hold
        return Release(taken.Length) == 0;
    }

    /// <summary>Takes the oldest operations for which there is budget, and reserves it.</summary>
    /// <returns>How many; zero = none is queued, or all budget is in use.</returns>
    public int Take(Span<int> taken)
    {
        ref DeviceQueueRecord record = ref Record;
        if (Count == 0 || InFlight >= Limit)
            return 0;
        record.Lock.Enter(_processSlot);
        int count = Reserve(Math.Min(record.Count, taken.Length));
        for (int i = 0; i < count; i++)
        {
            int first = record.First;
            Invariant.Check(first != 0, "I-72: the overflow queue holds as many operations as it counts");
            taken[i] = first - 1;
            record.First = handles[first - 1].QueueNext;
            handles[first - 1].QueueNext = 0;
        }

        if (record.First == 0)
            record.Last = 0;
        AddToCountLocked(ref record, -count);
        record.Lock.Exit();
        return count;
    }

    private void PrependLocked(ref DeviceQueueRecord record, int handle)
    {
        handles[handle].QueueNext = record.First;
        record.First = handle + 1;
        if (record.Last == 0)
            record.Last = handle + 1;
    }

    private static void AddToCountLocked(ref DeviceQueueRecord record, int change)
    {
        Invariant.Check(record.Lock.IsHeld, "I-70: what a lock guards is touched by its holder alone");
        Volatile.Write(ref record.Count, record.Count + change); // the full fence of giving the lock back follows it
    }
}
