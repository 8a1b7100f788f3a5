using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// What a ring is told beforehand. Each returns zero (or a count where it says so), or the negated errno; a refusal
/// leaves the ring as it was. Best done before the first submission: some kernels wait for all requests in flight.
/// </summary>
// SAFETY: arguments live on the caller's stack, or pinned, for the call that reads them; each place says so.
internal sealed unsafe partial class Ring
{
    /// <summary>
    /// Starts a ring that was created with RingOptions.StartDisabled. The calling thread becomes the owner of a ring
    /// with RingThreading.Owned.
    /// </summary>
    public int Enable() => Register(RingRegisterOperation.EnableRings, null, 0);

    /// <summary>
    /// Pins these pieces of anonymous memory, at most 1 GiB each, so that the …Fixed operations can name them by their
    /// position. They stay pinned until they are unregistered or the ring and its requests are gone.
    /// </summary>
    public int RegisterBuffers(ReadOnlySpan<IoVector> slabs)
    {
        // SAFETY: the kernel reads the vectors during the call and keeps its own copy.
        fixed (IoVector* first = slabs)
            return Register(RingRegisterOperation.Buffers, first, (uint)slabs.Length);
    }

    /// <summary>
    /// Takes over the buffers of another ring of this process, under the same positions, without pinning and charging
    /// them again (Linux 6.12; -EINVAL before). This ring must have none.
    /// </summary>
    public int CloneBuffers(Ring source)
    {
        // SAFETY: `argument` lives on this stack for the call; the kernel only reads it.
        CloneBuffersArgument argument = new() { SourceRing = (uint)source.Descriptor };
        int result = Register(RingRegisterOperation.CloneBuffers, &argument, 1);
        GC.KeepAlive(source);
        return result;
    }

    public int UnregisterBuffers() => Register(RingRegisterOperation.UnregisterBuffers, null, 0);

    /// <summary>
    /// Makes a table of `count` empty file slots, which SubmissionFlags.FixedFile then refers to. -EMFILE where that is
    /// more than the process may have open.
    /// </summary>
    public int RegisterFileTable(int count)
    {
        // SAFETY: `table` lives on this stack for the call; the kernel only reads it.
        ResourceRegistration table = new() { Count = (uint)count, Flags = ResourceRegistration.Sparse };
        int result = Register(RingRegisterOperation.Files2, &table, (uint)sizeof(ResourceRegistration));
        return result == -(int)Errno.InvalidArgument ? RegisterEmptyFiles(count) : result;
    }

    /// <summary>
    /// Puts a descriptor into a slot of the table, or empties it with -1. The table holds the file open by itself.
    /// Requests in flight keep the file they started with.
    /// </summary>
    public int UpdateFile(int slot, int descriptor)
    {
        // SAFETY: `update` and the descriptor that it points to live on this stack for the call.
        ResourceUpdate update = new() { Offset = (uint)slot, Data = (ulong)&descriptor };
        int result = Register(RingRegisterOperation.FilesUpdate, &update, 1);
        return result < 0 ? result : 0;
    }

    public int UnregisterFileTable() => Register(RingRegisterOperation.UnregisterFiles, null, 0);

    /// <summary>
    /// Lets the kernel add to an eventfd whenever completions arrive, while notifications are enabled (they are at
    /// first). The count is not the number of completions.
    /// </summary>
    public int RegisterEventFd(int eventDescriptor) =>
        // SAFETY: the descriptor lives on this stack for the call.
        Register(RingRegisterOperation.EventFd, &eventDescriptor, 1);

    public int UnregisterEventFd() => Register(RingRegisterOperation.UnregisterEventFd, null, 0);

    /// <summary>
    /// From now on completions signal the eventfd. Then look at HasCompletions once more before sleeping on the
    /// eventfd: what arrived before has not signalled.
    /// </summary>
    public void EnableEventNotifications()
    {
        // The order is the fence's, below: this store comes before it.
        Volatile.Write(ref *_completionFlags, 0);

        // Full fence: the enabling store is visible before the caller's re-check loads the queue's tail. The kernel
        // does the reverse (tail, fence, flags), so a completion is either seen by that re-check or it signals.
        Interlocked.MemoryBarrier();
    }

    /// <summary>From now on completions need not signal the eventfd; one that is under way still may.</summary>
    public void DisableEventNotifications() =>
        // No order needed: a signal too many is harmless, and none is expected afterwards.
        Volatile.Write(ref *_completionFlags, (uint)CompletionQueueFlags.EventFdDisabled);

    /// <summary>
    /// Lets the owner's calls name the ring by a registered index, which saves the kernel a descriptor look-up. Only
    /// for RingThreading.Owned and by the owner: the index means nothing on any other thread.
    /// </summary>
    public int RegisterRingDescriptor()
    {
        if (Threading != RingThreading.Owned)
            return -(int)Errno.InvalidArgument;
        if ((_enterFlags & RingEnterFlags.RegisteredRing) != 0)
            return -(int)Errno.Busy;

        // SAFETY: `update` lives on this stack for the call; the kernel writes the index that it chose into it.
        ResourceUpdate update = new() { Offset = ResourceUpdate.AnySlot, Data = (ulong)_descriptor.Number };
        int result = Register(RingRegisterOperation.RingDescriptors, &update, 1);
        if (result != 1)
            return result < 0 ? result : -(int)Errno.InvalidArgument;
        _enterNumber = (int)update.Offset;
        _enterFlags |= RingEnterFlags.RegisteredRing;
        _registeringThread = Environment.CurrentManagedThreadId;
        return 0;
    }

    /// <summary>
    /// Undoes RegisterRingDescriptor, on the same thread. Dispose does it where it runs on that thread; where it does
    /// not, the ring stays open until the thread exits.
    /// </summary>
    public int UnregisterRingDescriptor()
    {
        if ((_enterFlags & RingEnterFlags.RegisteredRing) == 0)
            return 0;

        // SAFETY: as above.
        ResourceUpdate update = new() { Offset = (uint)_enterNumber };
        _enterNumber = _descriptor.Number;
        _enterFlags &= ~RingEnterFlags.RegisteredRing;
        _registeringThread = 0;
        int result = Register(RingRegisterOperation.UnregisterRingDescriptors, &update, 1);
        return result < 0 ? result : 0;
    }

    /// <summary>
    /// Limits the kernel's worker threads: `boundedMax` for files and block devices, `unboundedMax` for the rest; zero
    /// leaves a limit as it is. The kernel keeps workers per submitting thread, so each of them gets this limit.
    /// </summary>
    public int LimitWorkers(int boundedMax, int unboundedMax)
    {
        // SAFETY: the two numbers live on this stack for the call; the kernel writes the former limits into them.
        uint* limits = stackalloc uint[2];
        limits[0] = (uint)boundedMax;
        limits[1] = (uint)unboundedMax;
        return Register(RingRegisterOperation.WorkersMax, limits, 2);
    }

    /// <summary>Asks which operations the kernel knows.</summary>
    public int Probe(out OperationProbe probe)
    {
        // SAFETY: `answer` lives on this stack for the call and has room for as many operations as are asked for.
        OperationProbe answer = default;
        int result = Register(RingRegisterOperation.Probe, &answer, OperationProbe.OperationsMax);
        probe = answer;
        return result;
    }

    // Before 5.19 a table starts empty by naming an unused descriptor for each slot.
    private int RegisterEmptyFiles(int count)
    {
        // SAFETY: `files` is ours until Free; the kernel reads `count` descriptors during the call.
        int* files = (int*)NativeMemory.Alloc((nuint)count, sizeof(int));
        new Span<int>(files, count).Fill(-1);
        int result = Register(RingRegisterOperation.Files, files, (uint)count);
        NativeMemory.Free(files);
        return result;
    }

    // By the descriptor itself: a registered index is only good for entering.
    private int Register(RingRegisterOperation operation, void* argument, uint count) =>
        _kernel.Register(_descriptor.Number, operation, argument, count);
}
