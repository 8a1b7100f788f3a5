using Forebay.Handles;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>Writing pages out.</summary>
internal sealed partial class BufferSession
{
    /// <summary>
    /// Starts one write of frames that hold consecutive blocks of one fork, as far as they are dirty and free to write.
    /// </summary>
    /// <param name="handle">A handed-out handle; consumed.</param>
    /// <param name="frames">Pinned and locked share-exclusively by the caller; the locks are taken over.</param>
    /// <param name="ring">The ring that the frames are wanted for, or null.</param>
    /// <returns>How many of them are being written; the locks of the others have been given back.</returns>
    internal int StartWrite(int handle, ReadOnlySpan<int> frames, StrategyRing? ring = null)
    {
        int claimed = 0;
        while (claimed < frames.Length
            && Pool.Descriptors.TryClaimWrite(frames[claimed], handle, out _) == BufferClaim.Claimed)
            claimed++;
        DeathPoints.Reach(DeathPoint.WriteClaimed);
        foreach (int frame in frames[claimed..])
            Pool.Descriptors.ExitContent(frame, ContentLockMode.ShareExclusive, Claims);
        if (claimed == 0)
        {
            Io.Release(handle);
            return 0;
        }

        try
        {
            BufferTag tag = Pool.Descriptor(frames[0]).Tag;
            Seal(frames[..claimed]);
            Io.SetPurpose(handle, PurposeOf(ring));
            Io.AddCallback(handle, Pool.Options.WriteCallback);
            if (Pool.Options.IsLocal)
                Io.AddFlags(handle, IoHandleFlags.ReferencesLocal);
            // From here the operation has the locks, too, or has given them back already.
            Claims.Reach(FrameClaims.Several);
            Pool.Storage.StartWrite(Io, handle, Pool.ForkOf(tag), tag.Block, Pool.Options.Arena, frames[..claimed]);
        }
        finally
        {
            if (Io.IsHandedOut(handle))
                AbandonWrite(handle, frames[..claimed]);
            else
                HandOnLocks(frames[..claimed]);
            Claims.Settle();
        }

        DeathPoints.Reach(DeathPoint.WriteLocksHandedOn);
        return claimed;
    }

    private void Seal(ReadOnlySpan<int> frames)
    {
        foreach (int frame in frames)
            Pool.DefaultCheck?.Seal(Pool.Page(frame), Pool.Descriptor(frame).Tag.Block);
    }

    // The operation has them, or has given them back by now.
    private void HandOnLocks(ReadOnlySpan<int> frames)
    {
        foreach (int frame in frames)
            Claims.Remove(frame, ClaimKind.ShareExclusive);
    }

    private void AbandonWrite(int handle, ReadOnlySpan<int> frames)
    {
        foreach (int frame in frames)
        {
            Pool.Descriptors.EndIo(frame, handle, BufferWord.IoError, 0, dropPin: false);
            Pool.Descriptors.ExitContent(frame, ContentLockMode.ShareExclusive, Claims);
        }

        Io.Release(handle);
    }
}
