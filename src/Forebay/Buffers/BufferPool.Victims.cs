using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>Finding a frame to reuse, and writing its old page first if need be.</summary>
internal sealed partial class BufferPool
{
    /// <summary>Takes a frame that holds no page and no pin but the caller's.</summary>
    /// <returns>NotValid = there it is; else why not.</returns>
    /// <exception cref="StorageException">A dirty victim was waited for and could not be written.</exception>
    private BufferAllocation TakeCleanVictim(BufferSession session, StrategyRing? ring, bool mayWait, out int frame)
    {
        int attemptsMax = mayWait ? Math.Max(VictimsMax, 2 * FrameCount) : VictimsMax;
        for (int attempt = 0; attempt < attemptsMax; attempt++)
        {
            frame = ring?.TakeNext(_descriptors) ?? -1;
            if (frame < 0)
                frame = _clock.TakeVictim();
            if (frame < 0)
                return BufferAllocation.AllPinned;
            bool taken = false;
            try
            {
                taken = (!_descriptors[frame].Word.Has(BufferWord.Dirty) || TryClean(session, frame, mayWait))
                    && TryForget(frame);
            }
            finally
            {
                if (!taken)
                    _descriptors[frame].Unpin(); // still dirty, or somebody came to like it while we looked
            }

            if (!taken)
                continue;
            ring?.Put(frame);
            return BufferAllocation.NotValid;
        }

        frame = -1;
        return mayWait ? BufferAllocation.AllPinned : BufferAllocation.WouldWait;
    }

    /// <summary>Writes a pinned dirty victim, or starts to.</summary>
    /// <returns>Whether it is clean now.</returns>
    private bool TryClean(BufferSession session, int frame, bool mayWait)
    {
        // The victim's content lock is only tried: its holder may be waiting for something that we hold.
        if (!_descriptors[frame].Content.TryEnter(ContentLockMode.ShareExclusive))
            return false;
        if (!mayWait)
        {
            session.TryStartWrite(frame);
            return false;
        }

        session.WriteLocked(frame);
        return !_descriptors[frame].Word.Has(BufferWord.Dirty);
    }
}
