using Forebay.Engine;
using Forebay.Handles;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>Finding a frame to reuse, and having its old page written first if need be.</summary>
internal sealed partial class BufferPool
{
    /// <summary>Takes a frame that holds no page and no pin but the caller's.</summary>
    /// <param name="session">The session, for the write-back of a dirty victim.</param>
    /// <param name="ring">The ring to take frames from, or null.</param>
    /// <param name="mayWait">Whether the caller is ready to wait for a dirty victim to be written.</param>
    /// <param name="frame">The frame; its pin is claimed by the session.</param>
    /// <returns>NotValid = there it is; else why not.</returns>
    public BufferAllocation TakeFrame(BufferSession session, StrategyRing? ring, bool mayWait, out int frame)
    {
        frame = session.Victim.Take();
        int place = ring?.Place ?? 0;
        for (int attempt = 0; attempt < VictimsMax; attempt++)
        {
            if (frame < 0)
                frame = session.WriteBacks.TryTake(ring, out place);
            if (frame < 0)
                (frame, place) = NextVictim(ring, session.Claims);
            if (frame < 0)
                return BufferAllocation.AllPinned;
            bool isTaken = false;
            BufferWord word = _descriptors[frame].Word;
            try
            {
                bool isClean = !word.Has(BufferWord.Dirty);
                if (!isClean && mayWait && session.WriteBacks.TryGetOldest(ring, out IoWaitReference next))
                {
                    session.Victim.Await(next); // one is on its way: no need to write another
                    return BufferAllocation.MustWait;
                }

                bool isLast = attempt == VictimsMax - 1;
                isTaken = isClean
                    ? TryForget(frame, changesToo: false)
                    : TryClean(session, frame, ring, mayWait, word.Has(BufferWord.IoError) && !(mayWait && isLast));
                if (isTaken && !isClean)
                    return BufferAllocation.MustWait;
            }
            finally
            {
                if (!isTaken)
                    _descriptors.Let(frame, session.Claims); // still dirty, or somebody came to like it while we looked
            }

            if (isTaken)
            {
                session.CountTaken(word, ring, ring is not null && ring.Has(frame, place));
                ring?.Put(frame, place);
                return BufferAllocation.NotValid;
            }

            frame = -1;
        }

        return BufferAllocation.WouldWait;
    }

    /// <summary>The ring's next frame, or the clock's: pinned, its old page still in it; -1 = all are pinned.</summary>
    private (int Frame, int Place) NextVictim(StrategyRing? ring, FrameClaims claims)
    {
        int frame = ring?.TakeNext(_descriptors, claims) ?? -1;
        return (frame >= 0 ? frame : TakeFromClock(claims), ring?.Place ?? 0);
    }

    // The next victim's bucket is in no cache, as it was last used a whole pool ago: fetched while this one is read.
    private int TakeFromClock(FrameClaims claims)
    {
        int frame = _clock.TakeVictim(claims, out int likelyNext);
        _mapping.Prefetch(_descriptors[likelyNext].Tag); // a reading without a pin: any tag does
        return frame;
    }

    /// <summary>
    /// Where every frame is pinned: whether one will come free without any session giving a page back. That is one
    /// which no session has noted as its own: an operation has it, or somebody is just about to reuse it.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="operation">The operation that has it, to be waited for; default = look again at once.</param>
    public bool TryFindEnding(IoEngine engine, out IoWaitReference operation)
    {
        // Frame after frame is no picture of one moment: pins that move from one to the other could be on each when it
        // is looked at. That there are fewer pins than frames is proof, and saves the looking in vain.
        bool isAny = CountSessionPins() < FrameCount;
        for (int frame = 0; frame < FrameCount; frame++)
        {
            if (IsPinnedBySession(frame))
                continue;
            if (_descriptors.TryGetOperation(engine, frame, out operation))
                return true;
            isAny = true;
        }

        operation = default;
        return isAny;
    }

    /// <summary>Starts to write a pinned dirty victim.</summary>
    /// <param name="session">The session that is to do it.</param>
    /// <param name="frame">The victim.</param>
    /// <param name="ring">The ring that it is wanted for.</param>
    /// <param name="mayWait">Whether the write is going to be waited for.</param>
    /// <param name="isLeftAlone">Writing it has failed before, and others are to be tried first.</param>
    /// <returns>Whether the caller is to wait for it; the victim then has its pin.</returns>
    private bool TryClean(BufferSession session, int frame, StrategyRing? ring, bool mayWait, bool isLeftAlone)
    {
        // The victim's content lock is only tried: its holder may be waiting for something that we hold.
        if (isLeftAlone || (!mayWait && !session.WriteBacks.HasRoom)
            || !_descriptors.TryEnterContent(frame, ContentLockMode.ShareExclusive, session.Claims))
            return false;
        DeathPoints.Reach(DeathPoint.VictimLocked);
        if (mayWait)
            return session.Victim.TryStart(frame, ring);
        session.WriteBacks.Start(frame, ring);
        return false;
    }
}
