using Forebay.Engine;
using Forebay.Handles;

namespace Forebay.Buffers;

/// <summary>Finding a frame to reuse, and having its old page written first if need be.</summary>
internal sealed partial class BufferPool
{
    /// <summary>Takes a frame that holds no page and no pin but the caller's.</summary>
    /// <param name="session">The session, for the write-back of a dirty victim.</param>
    /// <param name="ring">The ring to take frames from, or null.</param>
    /// <param name="mayWait">Whether the caller is ready to wait for a dirty victim to be written.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>NotValid = there it is; else why not.</returns>
    public BufferAllocation TakeFrame(BufferSession session, StrategyRing? ring, bool mayWait, out int frame)
    {
        frame = session.Victim.Take();
        for (int attempt = 0; attempt < VictimsMax; attempt++)
        {
            if (frame < 0)
                frame = ring?.TakeNext(_descriptors) ?? -1;
            if (frame < 0)
                frame = _clock.TakeVictim();
            if (frame < 0)
                return BufferAllocation.AllPinned;
            bool isTaken = false;
            try
            {
                bool isClean = !_descriptors[frame].Word.Has(BufferWord.Dirty);
                isTaken = isClean ? TryForget(frame, changesToo: false) : TryClean(session, frame, mayWait);
                if (isTaken && !isClean)
                    return BufferAllocation.MustWait;
            }
            finally
            {
                if (!isTaken)
                    _descriptors.Unpin(frame); // still dirty, or somebody came to like it while we looked
            }

            if (isTaken)
            {
                ring?.Put(frame);
                return BufferAllocation.NotValid;
            }

            frame = -1;
        }

        return BufferAllocation.WouldWait;
    }

    /// <summary>
    /// Finds an operation whose end gives a frame free: what to wait for where every frame is pinned.
    /// </summary>
    public bool TryFindEnding(IoEngine engine, out IoWaitReference operation)
    {
        for (int frame = 0; frame < FrameCount; frame++)
        {
            BufferWord word = _descriptors[frame].Word;
            if (word.InProgress != 0 && word.Pins == 1 && _descriptors.TryGetOperation(engine, frame, out operation))
                return true;
        }

        operation = default;
        return false;
    }

    /// <summary>Starts to write a pinned dirty victim.</summary>
    /// <returns>Whether the caller is to wait for it; the victim then has its pin.</returns>
    private bool TryClean(BufferSession session, int frame, bool mayWait)
    {
        // The victim's content lock is only tried: its holder may be waiting for something that we hold.
        if (!_descriptors[frame].Content.TryEnter(ContentLockMode.ShareExclusive))
            return false;
        if (mayWait)
            return session.Victim.TryStart(frame);
        session.TryStartWrite(frame);
        return false;
    }
}
