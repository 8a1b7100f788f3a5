using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Forebay.Primitives;

namespace Forebay.Interop.IoUring;

/// <summary>The completer's role, and waiting.</summary>
// SAFETY: every pointer is into the mappings that Ring owns until Dispose; masks bound the indexes.
internal sealed unsafe partial class Ring
{
    /// <summary>
    /// Whether a drain would find something now. Never enters the kernel. Also for threads without the role; a
    /// drainer may then be faster.
    /// </summary>
    public bool HasCompletions =>
        // Acquire, both: neither load may move up before a fence of the caller's (see EnableEventNotifications), nor
        // what follows before them.
        Volatile.Read(ref *_completionHead) != Volatile.Read(ref *_completionTail)
        || (Volatile.Read(ref *_submissionFlags) & (uint)SubmissionQueueFlags.CompletionOverflow) != 0;

    /// <summary>Takes one completion out of the queue, if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTakeCompletion(out Completion completion)
    {
        Unsafe.SkipInit(out completion);
        return Drain(new Span<Completion>(ref completion)) == 1;
    }

    /// <summary>
    /// Moves completions, oldest first, into `destination` and returns how many. They are copies, taken before their
    /// slots go back to the kernel. Enters the kernel only where completions had overflowed into it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Drain(Span<Completion> destination)
    {
        int count = TakeReady(destination);
        return count == destination.Length || !NeedsFlush() ? count : DrainOverflow(destination, count);
    }

    /// <summary>
    /// Waits until `completeMin` completions are in the queue, at most for `timeout` (Timeout.InfiniteTimeSpan = for
    /// ever). Returns zero, or the negated errno: -ETIME the time ran out, -EINTR a signal came. Neither loses
    /// anything: look at the queue and wait again. Zero also where it ended early but the queue is not empty.
    /// Completions that somebody else drains meanwhile do not count.
    /// </summary>
    public int Wait(int completeMin, TimeSpan timeout) => EnterAndWait(0, completeMin, timeout);

    // Copies what is in the queue now.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeReady(Span<Completion> destination)
    {
        uint head = *_completionHead;   // plain: only the completer writes it, and the role is handed on under a lock

        // Acquire: the kernel wrote the entries before this tail, so what is copied below is whole.
        uint ready = Volatile.Read(ref *_completionTail) - head;
        int count = (int)Math.Min(ready, (uint)destination.Length);

        // SAFETY: the mask keeps every index inside the mapped queue; entries between head and tail are ours until
        // the head moves past them.
        Completion* entries = _completions;
        uint mask = _completionMask;
        ref Completion first = ref MemoryMarshal.GetReference(destination);
        for (int i = 0; i < count; i++)
            Unsafe.Add(ref first, i) = entries[(head + (uint)i) & mask];

        // Release: the copies above are finished before the kernel may reuse the slots.
        Volatile.Write(ref *_completionHead, head + (uint)count);
        return count;
    }

    // Whether the kernel holds completions that found no room. A dropped one can never be had again: the memory that
    // its request uses has no known owner any more, so going on is not safe.
    private bool NeedsFlush()
    {
        // Acquire on the flags: they are read after the queue was found empty, so an overflow before that is seen.
        uint flags = Volatile.Read(ref *_submissionFlags);
        Invariant.Check(*_completionsDropped == 0, "I-92: the kernel never drops a completion");
        return (flags & (uint)SubmissionQueueFlags.CompletionOverflow) != 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int DrainOverflow(Span<Completion> destination, int count)
    {
        // The queue was just emptied, so each round moves completions over or ends the loop.
        while (count < destination.Length && NeedsFlush())
        {
            int result = Enter(0, 0, RingEnterFlags.GetEvents);
            int moved = TakeReady(destination[count..]);
            count += moved;
            if (moved == 0 || result < 0)
                break;
        }

        return count;
    }
}
