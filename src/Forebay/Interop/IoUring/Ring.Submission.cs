using System.Runtime.CompilerServices;

namespace Forebay.Interop.IoUring;

/// <summary>The submitter's role.</summary>
// SAFETY: every pointer is into the mappings that Ring owns until Dispose; masks bound the indexes.
internal sealed unsafe partial class Ring
{
    /// <summary>Entries handed out that the kernel has not consumed yet: what the next Submit offers.</summary>
    public int PendingCount =>
        // The kernel moves the head only inside the submitter's own io_uring_enter, so a plain order suffices; acquire
        // all the same, before the slots behind it are written again, so that the kernel's reads of them come first.
        (int)(_tail.Value - Volatile.Read(ref *_submissionHead));

    /// <summary>
    /// Hands out the next free slot as an empty NOP entry, to be prepared before the next Submit.
    /// False: the queue is full; submit first. What an entry's vectors area holds stays valid until the kernel has
    /// consumed the entry (the ring insists on RingFeatures.SubmitStable), so slots can be reused at once after that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetEntry(out SubmissionEntry entry)
    {
        uint tail = _tail.Value;

        // Acquire: the kernel's reads of a slot come before this head, and this head before our writes into the slot.
        if (tail - Volatile.Read(ref *_submissionHead) >= _submissionCapacity)
        {
            entry = default;
            return false;
        }

        // SAFETY: the mask keeps the index inside the mapped entries; the kernel reads the slot only after Submit
        // published the tail behind it, and has consumed its previous content (checked above).
        uint index = tail & _submissionMask;
        SubmissionQueueEntry* slot = _entries + index;
        *slot = default;
        _tail.Value = tail + 1;
        entry = new SubmissionEntry(slot, _vectors + (index * (nuint)_vectorsPerEntry), _vectorsPerEntry);
        return true;
    }

    /// <summary>
    /// Offers every pending entry to the kernel in one call. Returns how many it consumed, or the negated errno.
    /// What it did not consume stays in the queue and is offered again by the next call: after fewer than pending
    /// (a bad entry without SubmitAll), -EAGAIN (no memory for requests now), -EBUSY (completions are overflowing:
    /// drain first). A bad entry is consumed and completes with its errno. May block while the device has no free
    /// request tags. Zero with nothing pending.
    /// </summary>
    public int Submit()
    {
        uint pending = Publish();
        return pending == 0 ? 0 : Enter(pending, 0, RingEnterFlags.None);
    }

    /// <summary>
    /// As Submit, and then waits until `completeMin` completions are in the queue, at most for `timeout`
    /// (Timeout.InfiniteTimeSpan = for ever). The wait's end is not reported where something was submitted: look at
    /// the completions. With nothing pending it is a plain wait, and its errno is the result as for Wait.
    /// </summary>
    public int SubmitAndWait(int completeMin, TimeSpan timeout) => EnterAndWait(Publish(), completeMin, timeout);

    // Makes the filled entries visible to the kernel and says how many it has not consumed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Publish()
    {
        uint tail = _tail.Value;

        // Release: every entry and vector written before is visible before this tail, so the kernel reads them whole.
        Volatile.Write(ref *_submissionTail, tail);

        // Ordered by the submitter's own previous enter, see PendingCount.
        return tail - Volatile.Read(ref *_submissionHead);
    }

    private int Enter(uint submitCount, uint completeMin, RingEnterFlags flags) =>
        _kernel.Enter(_enterNumber, submitCount, completeMin, flags | _enterFlags, null, 0);

    private int EnterAndWait(uint submitCount, int completeMin, TimeSpan timeout)
    {
        // Also where nothing is to be waited for: with DeferTaskRun this is what makes completions appear.
        if (timeout == Timeout.InfiniteTimeSpan)
            return Enter(submitCount, (uint)completeMin, RingEnterFlags.GetEvents);

        // SAFETY: both live on this stack until the call returns; the kernel only reads them, at its start.
        timeout = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout;
        KernelTimespec timespec = new()
        {
            Seconds = timeout.Ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
        GetEventsArgument argument = new() { Timespec = (ulong)&timespec };
        return _kernel.Enter(_enterNumber, submitCount, (uint)completeMin,
            RingEnterFlags.GetEvents | RingEnterFlags.ExtendedArgument | _enterFlags,
            &argument, (nuint)sizeof(GetEventsArgument));
    }
}
