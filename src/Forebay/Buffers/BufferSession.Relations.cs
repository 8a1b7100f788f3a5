using Forebay.Handles;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>Whole forks: writing them out, and forgetting them.</summary>
internal sealed partial class BufferSession
{
    private BufferFlush? _flush;

    /// <summary>Writes all dirty pages of a fork (or of all forks) to the files; does not make them durable.</summary>
    /// <returns>Pages written.</returns>
    /// <exception cref="StorageException">A page could not be written; all others have been tried.</exception>
    public int Flush(RelationFork? fork, int inFlightMax) =>
        (_flush ??= new BufferFlush(this)).Run(TagOf(fork), inFlightMax);

    /// <summary>
    /// As <see cref="Flush"/> without blocking the thread. Cancelling ends the flush; what it has in flight is written.
    /// </summary>
    public ValueTask<int> FlushAsync(RelationFork? fork, int inFlightMax, CancellationToken cancellationToken) =>
        (_flush ??= new BufferFlush(this)).RunAsync(TagOf(fork), inFlightMax, cancellationToken);

    /// <summary>
    /// Forgets the pages of a fork from a block on, changes included, before the file is truncated or removed. Waits
    /// for I/O in flight on them, whoever issued it, and for those who just pass by (evictions, flushes). The caller
    /// sees to it that nobody reads such pages meanwhile.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A session has such a page pinned; that page and those behind it are as they were.
    /// </exception>
    public void Forget(RelationFork fork, uint fromBlock)
    {
        Stop.Check();
        BufferTag from = BufferPool.TagOf(fork, fromBlock);
        for (int frame = 0; frame < Pool.FrameCount; frame++)
        {
            SpinWait spinner = default;
            while (Pool.MayHold(frame, from, out BufferTag tag)
                && Pool.Descriptors.TryPin(frame, tag, seldom: true, Claims, out _))
            {
                // All of it while the frame is pinned: without the pin it might be another page's in between, whose
                // reading would be waited for, or whose holder would be complained about.
                bool isGone = Pool.TryForget(frame, changesToo: true);
                IoWaitReference operation = default;
                bool isBusy = !isGone && Pool.Descriptors.TryGetOperation(Io.Engine, frame, out operation);
                bool isHeld = !isGone && !isBusy && Pool.IsPinnedBySession(frame);
                Pool.Descriptors.Let(frame, Claims);
                if (isGone)
                    break;
                if (isBusy)
                    Io.Wait(operation);
                else if (isHeld)
                    throw new InvalidOperationException(
                        $"Block {tag.Block} of {fork} is pinned and cannot be forgotten.");
                else
                    WaitABit(ref spinner);
            }
        }
    }

    // Who just passes by may be in a process that is stopped, or that has died and is not taken over yet.
    private void WaitABit(ref SpinWait spinner)
    {
        Stop.Check();
        spinner.SpinOnce();
    }

    private static BufferTag? TagOf(RelationFork? fork) => fork is null ? null : BufferPool.TagOf(fork, 0);
}
