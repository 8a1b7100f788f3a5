using System.Diagnostics;
using Forebay.Handles;
using Forebay.Primitives;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>
/// One page being added at the end of a fork. The frame is there before the gate is taken, so that nobody holds the
/// gate while he waits; between them lies:
/// <code>
/// the fork's size      its number is the new block; stays so under the gate
/// the frame's tag      from here on readers find the frame, and wait for the handle that has claimed it
/// the file grows       a blocking call
/// zeros, valid, dirty  in one step with the end of the claim
/// </code>
/// A reader that has looked beyond the end may have claimed the page before: then its read, which finds nothing or
/// zeros, is waited for, and all begins anew. A read can thus never end on top of a page that was just added.
/// </summary>
internal struct PageGrowth(
    BufferSession session, RelationFork fork, StrategyRing? ring, CancellationToken cancellationToken = default)
{
    /// <summary>A frame without a page, with one pin; consumed by each attempt.</summary>
    public int Frame { get; set; }

    /// <summary>What kept an attempt from going on; to be waited for.</summary>
    public IoWaitReference Obstacle { get; private set; }

    /// <summary>Adds a page.</summary>
    /// <param name="pin">The page, pinned, valid, dirty, its contents locked exclusively.</param>
    /// <param name="block">Its number.</param>
    /// <returns>False if something is in the way.</returns>
    /// <exception cref="StorageException">The file cannot grow.</exception>
    public bool TryGrow(out BufferPin pin, out uint block)
    {
        BufferPool pool = session.Pool;
        int frame = Frame;
        pin = default;
        block = 0;
        bool isDone = false;
        int handle = -1;
        bool isClaimed = false;
        try
        {
            // The handle is only there to stand for this page's being in progress: who waits for it is woken when it
            // is released.
            if (!session.Io.TryAcquire(null, out handle))
            {
                Obstacle = session.Io.Oldest;
                return false;
            }

            using (pool.EnterExtend(fork, cancellationToken))
            {
                block = pool.Storage.GetBlockCount(fork);
                DeathPoints.Reach(DeathPoint.GrowthGateHeld);
                BufferTag tag = BufferPool.TagOf(fork, block);
                pool.Adopt(tag, tag.Hash(), ring is not null, frame, session.Claims, out frame);
                DeathPoints.Reach(DeathPoint.GrowthMapped);
                isClaimed = TryClaim(frame, handle);
                if (!isClaimed)
                    return false;
                DeathPoints.Reach(DeathPoint.GrowthClaimed);
                long start = Stopwatch.GetTimestamp();
                pool.Storage.ZeroExtend(fork, block, 1);
                session.CountExtension(ring, Stopwatch.GetTimestamp() - start);
                DeathPoints.Reach(DeathPoint.GrowthFileGrown);
                pool.Page(frame).Clear();
                DeathPoints.Reach(DeathPoint.GrowthZeroed);
                pool.Descriptors.EndIo(frame, handle, BufferWord.Valid | BufferWord.Dirty, 0, dropPin: false);
                DeathPoints.Reach(DeathPoint.GrowthValid);
                isDone = true;
            }

            pin = session.NotePin(frame);
            return true;
        }
        finally
        {
            if (isClaimed && !isDone)
            {
                pool.Descriptors.ExitContent(frame, ContentLockMode.Exclusive, session.Claims);
                pool.Descriptors.EndIo(frame, handle, BufferWord.IoError, 0, dropPin: false);
            }

            if (!isDone)
                pool.Descriptors.Let(frame, session.Claims);
            if (session.Io.IsHandedOut(handle))
                session.Io.Release(handle);
        }
    }

    /// <summary>Makes the page this growth's own: claimed as if for reading, and locked.</summary>
    private bool TryClaim(int frame, int handle)
    {
        BufferDescriptors descriptors = session.Pool.Descriptors;
        Obstacle = default;
        if (!descriptors.TryEnterContent(frame, ContentLockMode.Exclusive, session.Claims))
        {
            Thread.Yield(); // somebody looks at a page that was there before the fork was cut
            return false;
        }

        BufferClaim claim = descriptors.TryClaimRead(frame, handle, out _);
        if (claim == BufferClaim.AlreadyDone)
        {
            // It was there before the fork was cut, and somebody read it in between. Nobody may rely on it.
            descriptors[frame].Change(0, BufferWord.Valid | BufferWord.Dirty);
            claim = descriptors.TryClaimRead(frame, handle, out _);
        }

        if (claim == BufferClaim.Claimed)
            return true;
        if (descriptors.TryGetOperation(session.Io.Engine, frame, out IoWaitReference operation))
            Obstacle = operation;
        descriptors.ExitContent(frame, ContentLockMode.Exclusive, session.Claims);
        return false;
    }
}
