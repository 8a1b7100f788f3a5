using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>Single pages, growing a relation, and forgetting one.</summary>
internal sealed partial class BufferSession
{
    private readonly BufferPin[] _onePin = new BufferPin[1];
    private ReadRun? _oneRun;
    private BufferFlush? _flush;

    /// <summary>Reads one page and pins it; waits.</summary>
    /// <exception cref="IOException">The page cannot be read or is bad.</exception>
    /// <exception cref="InvalidOperationException">Every frame, or all this session may pin, is pinned.</exception>
    public BufferPin Read(ReadRunRequest request, uint block, ReadRunFlags flags)
    {
        _oneRun ??= new ReadRun(this);
        _onePin[0] = default;
        int count = 1;
        ReadRunStart start = _oneRun.Start(
            request, block, _onePin, 0, ref count, flags | ReadRunFlags.Synchronous, mayWait: true);
        switch (start)
        {
            case ReadRunStart.Hit:
                return _onePin[0];
            case ReadRunStart.Started:
                break;
            case ReadRunStart.WouldWait:
            case ReadRunStart.AllPinned:
            default:
                throw AllPinned();
        }

        try
        {
            _oneRun.Wait();
            return _onePin[0];
        }
        catch
        {
            Unpin(_onePin[0]);
            throw;
        }
    }

    /// <summary>
    /// Adds a page of zeros at the end of a fork and pins it; it is valid, dirty and locked exclusively.
    /// </summary>
    /// <exception cref="IOException">The file cannot grow.</exception>
    public BufferPin Extend(RelationFork fork, StrategyRing? ring, out uint block)
    {
        lock (Pool.ExtendGate(fork))
        {
            block = Pool.Storage.GetBlockCount(fork);
            BufferAllocation found = Pin(fork, block, ring, mayWait: true, out BufferPin pin);
            if (found is BufferAllocation.WouldWait or BufferAllocation.AllPinned)
                throw AllPinned();
            try
            {
                Lock(pin, ContentLockMode.Exclusive);
                Pool.Storage.ZeroExtend(fork, block, 1);
            }
            catch
            {
                if (Pool.Descriptor(pin.Frame).Content.IsHeldForWriting)
                    Unlock(pin, ContentLockMode.Exclusive);
                Unpin(pin);
                throw;
            }

            Page(pin).Clear();
            MarkDirty(pin);
            return pin;
        }
    }

    /// <summary>Locks a page exclusively when nobody else has it pinned; waits for both.</summary>
    public void LockForCleanup(BufferPin pin)
    {
        ref BufferDescriptor descriptor = ref Pool.Descriptor(pin.Frame);
        while (true)
        {
            Lock(pin, ContentLockMode.Exclusive);
            if (descriptor.Word.Pins == 1)
                return;

            // Announce, then look again: pins go down without the lock, and the last one may have gone just now.
            if (descriptor.Change(BufferWord.PinWaiter).Has(BufferWord.PinWaiter))
            {
                Unlock(pin, ContentLockMode.Exclusive);
                throw new InvalidOperationException("Another session already waits to be alone with this page.");
            }

            int ticket = descriptor.PinWait.Register();
            bool alone = descriptor.Word.Pins == 1;
            if (!alone)
            {
                Unlock(pin, ContentLockMode.Exclusive);
                Io.SubmitStaged();
                descriptor.PinWait.Sleep(ticket);
            }

            descriptor.PinWait.Unregister();
            descriptor.Change(0, BufferWord.PinWaiter);
            if (alone)
                return;
        }
    }

    /// <summary>Locks a page exclusively if nobody else has it pinned or locked.</summary>
    public bool TryLockForCleanup(BufferPin pin)
    {
        if (!TryLock(pin, ContentLockMode.Exclusive))
            return false;
        if (Pool.Descriptor(pin.Frame).Word.Pins == 1)
            return true;
        Unlock(pin, ContentLockMode.Exclusive);
        return false;
    }

    /// <summary>Writes all dirty pages of a fork (or of all forks) to the files; does not make them durable.</summary>
    /// <returns>Pages written.</returns>
    public int Flush(RelationFork? fork, int inFlightMax) =>
        (_flush ??= new BufferFlush(this)).Run(fork is null ? null : BufferPool.TagOf(fork, 0), inFlightMax);

    /// <summary>
    /// Forgets the pages of a fork from a block on, changes included, before the file is truncated or removed. Waits
    /// for I/O in flight on them, whoever issued it.
    /// </summary>
    /// <exception cref="InvalidOperationException">A session has such a page pinned.</exception>
    public void Forget(RelationFork fork, uint fromBlock)
    {
        BufferTag from = BufferPool.TagOf(fork, fromBlock);
        for (int frame = 0; frame < Pool.FrameCount; frame++)
        {
            while (Pool.MayHold(frame, from, out BufferTag tag)
                && Pool.Descriptor(frame).TryPin(tag, seldom: true, out BufferWord word))
            {
                int inProgress = word.InProgress;
                if (inProgress == 0 && Pool.TryDiscard(frame))
                {
                    Pool.Descriptor(frame).Unpin();
                    break;
                }

                Pool.Descriptor(frame).Unpin();
                if (inProgress == 0 && Pool.Descriptor(frame).Word.Pins > 0)
                    throw new InvalidOperationException(
                        $"Block {tag.Block} of {fork} is pinned and cannot be forgotten.");
                if (inProgress != 0)
                    Io.Wait(Io.Engine.Reference(inProgress - 1)); // ends at once if that use is over by now
            }
        }
    }

    private InvalidOperationException AllPinned() => new(
        $"No frame is free: {Ledger.Count} pages are pinned by this session, and the pool has {Pool.FrameCount} "
        + "(setting buffer_pool_bytes). Dispose pages that are no longer needed.");
}
