using System.Runtime.CompilerServices;
using Forebay.Handles;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>
/// Waiting for a frame: until a dirty victim is written, or until an operation that pins one has ended.
/// </summary>
internal sealed partial class BufferSession
{
    /// <summary>
    /// As <see cref="Pin"/> with the right to wait, without blocking the thread. Present: completes at once.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal async ValueTask<BufferPin> PinAsync(
        RelationFork fork, uint block, StrategyRing? ring, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                BufferAllocation found = TryPin(fork, block, ring, mayWait: true, out BufferPin pin);
                if (pin.IsValid)
                    return pin;
                if (!TryPlanWait(found, out IoWaitReference operation))
                    throw AllPinned();
                await WaitForFrameAsync(operation, cancellationToken).ConfigureAwait(false);
                Victim.Conclude();
            }
        }
        finally
        {
            Victim.Drop();
        }
    }

    private BufferAllocation PinWaiting(
        BufferAllocation found, RelationFork fork, uint block, StrategyRing? ring, out BufferPin pin)
    {
        pin = default;
        try
        {
            while (!pin.IsValid && TryPlanWait(found, out IoWaitReference operation))
            {
                WaitForFrame(operation);
                Victim.Conclude();
                found = TryPin(fork, block, ring, mayWait: true, out pin);
            }

            return found;
        }
        finally
        {
            Victim.Drop();
        }
    }

    /// <summary>Takes a frame without a page, waiting for one; pinned, not noted in the ledger.</summary>
    private int TakeFrameWaiting(StrategyRing? ring)
    {
        try
        {
            while (true)
            {
                BufferAllocation found = TryTakeFrame(ring, out int frame);
                if (found == BufferAllocation.NotValid)
                    return frame;
                if (!TryPlanWait(found, out IoWaitReference operation))
                    throw AllPinned();
                WaitForFrame(operation);
                Victim.Conclude();
            }
        }
        finally
        {
            Victim.Drop();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> TakeFrameAsync(StrategyRing? ring, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                BufferAllocation found = TryTakeFrame(ring, out int frame);
                if (found == BufferAllocation.NotValid)
                    return frame;
                if (!TryPlanWait(found, out IoWaitReference operation))
                    throw AllPinned();
                await WaitForFrameAsync(operation, cancellationToken).ConfigureAwait(false);
                Victim.Conclude();
            }
        }
        finally
        {
            Victim.Drop();
        }
    }

    private BufferAllocation TryTakeFrame(StrategyRing? ring, out int frame)
    {
        frame = -1;
        return Ledger.HasRoom ? Pool.TakeFrame(this, ring, mayWait: true, out frame) : BufferAllocation.AllPinned;
    }

    /// <summary>Whether there is hope for a frame, and what to wait for; nothing = look again at once.</summary>
    private bool TryPlanWait(BufferAllocation found, out IoWaitReference operation)
    {
        operation = default;
        switch (found)
        {
            case BufferAllocation.MustWait:
                operation = Victim.Operation;
                return true; // each time another dirty page gets clean, or its failure is raised
            case BufferAllocation.AllPinned when !Ledger.HasRoom:
                return false;
            case BufferAllocation.AllPinned when !Pool.TryFindEnding(Io.Engine, out operation):
                return false; // sessions have them all: nothing here brings one back
            case BufferAllocation.AllPinned when operation.IsValid:
                return true; // each time an operation ends
            case BufferAllocation.AllPinned:
            case BufferAllocation.WouldWait:
                // Others were just taking or writing what was looked at: they have got on, or will without us.
                operation = Io.Oldest;
                return true;
            case BufferAllocation.Valid:
            case BufferAllocation.NotValid:
            default:
                return false;
        }
    }

    private void WaitForFrame(IoWaitReference operation)
    {
        Stop.Check();
        if (operation.IsValid)
            Io.Wait(operation);
        else
            Thread.Yield();
    }

    // The thread goes back to those who may have a frame in hand and wait for a thread to go on with it.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitForFrameAsync(IoWaitReference operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Stop.Check();
        if (operation.IsValid)
            await Io.WaitAsync(operation, cancellationToken).ConfigureAwait(false);
        else
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private InvalidOperationException AllPinned() => new(
        $"No frame is free: {Ledger.Count} pages are pinned by this session, and the pool has {Pool.FrameCount} "
        + "(setting buffer_pool_bytes). Dispose pages that are no longer needed.");
}
