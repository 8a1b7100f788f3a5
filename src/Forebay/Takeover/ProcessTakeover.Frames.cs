using Forebay.Buffers;
using Forebay.Primitives;
using Forebay.Storage;

namespace Forebay.Takeover;

/// <summary>Pins and locks of frames: counted over the living; pages that were left open.</summary>
internal sealed partial class ProcessTakeover
{
    // Nobody comes to what is frozen; who has it may give it back meanwhile. Then it is counted again at once: there
    // are fewer of them each time.
    private void Count(int[] frames)
    {
        SpinWait spinner = default;
        for (int count = 1; frames.Length > 0; count++)
        {
            frames = CountOnce(frames, isLast: count == CountsMax);
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <returns>Those of which something was given back meanwhile; they are frozen.</returns>
    private int[] CountOnce(int[] frames, bool isLast)
    {
        var pinned = new BufferWord[frames.Length];
        int[] locked = new int[frames.Length];
        for (int i = 0; i < frames.Length; i++)
        {
            locked[i] = pool.Descriptor(frames[i]).Content.Freeze();
            pinned[i] = pool.Descriptor(frames[i]).Freeze();
            DeathPoints.Reach(DeathPoint.TakeoverFrozen);
        }

        census.Take(frames, deadSlot, _left);
        DeathPoints.Reach(DeathPoint.TakeoverCounted);
        List<int> moved = [];
        for (int i = 0; i < frames.Length; i++)
        {
            if (!TrySettle(frames[i], pinned[i], locked[i], census[frames[i]]))
            {
                if (!isLast)
                {
                    moved.Add(frames[i]);
                    continue;
                }

                Thaw(frames[i]);
                _isUnfinished = true;
            }

            DeathPoints.Reach(DeathPoint.TakeoverSettled);
            pool.Descriptors.Signal(frames[i]);
        }

        return [.. moved];
    }

    /// <returns>False: something was given back meanwhile, and it stays frozen.</returns>
    private bool TrySettle(int frame, BufferWord pinned, int locked, FrameTally living)
    {
        ref BufferDescriptor descriptor = ref pool.Descriptor(frame);
        (_, _, bool wasExclusive) = ContentLock.Holders(locked);
        bool isLeftOpen = wasExclusive && living.Exclusive == 0;
        if (isLeftOpen && !descriptor.Content.IsStill(locked))
            return false; // somebody who lives has given it back: it was his
        if (isLeftOpen && !TryCloseChanged(frame, pinned, living))
        {
            Thaw(frame); // locked as it is: nobody sees what is in it
            return true;
        }

        if (isLeftOpen && living.Pins == 0)
            pinned = descriptor.Word; // nobody who lives could move it; with others' pins it is compared as it was read
        if (!descriptor.Content.TrySettle(
            locked, living.Shared, living.ShareExclusive > 0, living.Exclusive > 0))
            return false;
        DeathPoints.Reach(DeathPoint.TakeoverLockSettled);
        if (!descriptor.TrySettle(pinned, living.Pins, living.Alone > 0))
            return false;
        _isUnfinished |= living.IsMoving;
        return true;
    }

    // The dead one had it locked exclusively, and may have changed half of what he wanted to.
    private bool TryCloseChanged(int frame, BufferWord word, FrameTally living)
    {
        ref BufferDescriptor descriptor = ref pool.Descriptor(frame);
        if (!word.Has(BufferWord.Valid))
            return true; // being added, or read: nobody takes its contents for anything
        if (word.Has(BufferWord.Dirty))
        {
            MustStop(descriptor.Tag, "holds changes that are in no file: what is right there cannot be known");
            return false;
        }

        if (living.Pins == 0)
        {
            descriptor.Change(0, BufferWord.Valid); // nobody else has it: it is read again when it is wanted
            return true;
        }

        // Others have it pinned and take it for valid. They look at it under a lock, which they get when it is right.
        if (!_readAgain.Contains(frame))
            _leftOpen.Add(frame);
        return _readAgain.Contains(frame);
    }

    // The page is in its file as it was before the dead one locked it, since it was clean. The dead one's lock keeps
    // everybody out of the frame, and no I/O is in progress on it: a valid page is not read, and a write has a
    // share-exclusive lock. So the frame is written by nobody but us, until the lock is given back; who takes over from
    // us, if we die over it, finds the same and does the same.
    private void ReadAgain()
    {
        foreach (int frame in _leftOpen)
        {
            BufferTag tag = pool.Descriptor(frame).Tag; // stable: others have pins
            try
            {
                pool.Storage.Read(pool.ForkOf(tag), tag.Block, pool.Page(frame));
                DeathPoints.Reach(DeathPoint.TakeoverReadAgain);
                if (pool.DefaultCheck is { } check && check.Check(pool.Page(frame), tag.Block) != PageVerdict.Good)
                    MustStop(tag, "others are using, and which is damaged in its file");
                else
                    _readAgain.Add(frame);
            }
            catch (StorageException failure)
            {
                MustStop(tag, $"others are using, and which cannot be read again: {failure.Message}");
            }
        }

        foreach (int[] batch in _readAgain.Chunk(BatchMax))
            Count(batch);
    }

    private void MustStop(BufferTag tag, string because) => StopReason ??= "A process died while it was changing block "
        + $"{tag.Block} of relation {tag.Locator}, fork {tag.Fork}, which {because}.";
}
