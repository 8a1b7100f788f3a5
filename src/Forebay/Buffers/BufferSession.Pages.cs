using System.Runtime.CompilerServices;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>Single pages, read or added, in a blocking and an awaitable form.</summary>
internal sealed partial class BufferSession
{
    private readonly BufferPin[] _onePin = new BufferPin[1];
    private ReadRun? _oneRun;

    /// <summary>Reads one page and pins it; waits.</summary>
    /// <exception cref="IOException">The page cannot be read or is bad.</exception>
    /// <exception cref="InvalidOperationException">Every frame, or all this session may pin, is pinned.</exception>
    public BufferPin Read(ReadRunRequest request, uint block, ReadRunFlags flags)
    {
        switch (Pin(request.Fork, block, request.Ring, mayWait: true, out BufferPin pin))
        {
            case BufferAllocation.Valid:
                CountHit(request.Ring);
                return pin;
            case BufferAllocation.NotValid:
                break;
            case BufferAllocation.WouldWait:
            case BufferAllocation.MustWait:
            case BufferAllocation.AllPinned:
            default:
                throw AllPinned();
        }

        ReadRun run = _oneRun ??= new ReadRun(this);
        try
        {
            if (Start(run, request, block, pin, flags | ReadRunFlags.Synchronous, mayWait: true) != ReadRunStart.Hit)
                run.Wait();
            return pin;
        }
        catch
        {
            GiveUp(run, pin);
            throw;
        }
    }

    /// <summary>
    /// As <see cref="Read"/> without blocking the thread; a page that is present completes at once. Under <c>sync</c>
    /// reading blocks the thread all the same. Cancelling ends the waiting, not the reading, and pins nothing.
    /// </summary>
    public ValueTask<BufferPin> ReadAsync(
        ReadRunRequest request, uint block, ReadRunFlags flags, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<BufferPin>(cancellationToken);
        if (Pin(request.Fork, block, request.Ring, mayWait: false, out BufferPin pin) != BufferAllocation.Valid)
            return ReadSlowAsync(request, block, flags, pin, cancellationToken);
        CountHit(request.Ring);
        return new ValueTask<BufferPin>(pin);
    }

    /// <summary>
    /// Adds a page of zeros at the end of a fork and pins it; it is valid, dirty and locked exclusively.
    /// </summary>
    /// <exception cref="IOException">The file cannot grow, or a dirty victim could not be written.</exception>
    /// <exception cref="InvalidOperationException">Every frame, or all this session may pin, is pinned.</exception>
    public BufferPin Extend(RelationFork fork, StrategyRing? ring, out uint block, out int lockNumber)
    {
        PageGrowth growth = new(this, fork, ring);
        while (true)
        {
            Stop.Check();
            growth.Frame = TakeFrameWaiting(ring);
            if (growth.TryGrow(out BufferPin pin, out block))
            {
                lockNumber = _locks.Add(pin, ContentLockMode.Exclusive);
                return pin;
            }

            Io.Wait(growth.Obstacle);
        }
    }

    /// <summary>
    /// As <see cref="Extend"/> without blocking the thread while it waits for a frame or for others. The growing of the
    /// file itself is a call that the kernel has no other form of, and blocks.
    /// </summary>
    /// <returns>The pin; the block is in the page's tag, the lock is noted.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(BufferPin Pin, int LockNumber)> ExtendAsync(
        RelationFork fork, StrategyRing? ring, CancellationToken cancellationToken)
    {
        PageGrowth growth = new(this, fork, ring, cancellationToken);
        while (true)
        {
            Stop.Check();
            growth.Frame = await TakeFrameAsync(ring, cancellationToken).ConfigureAwait(false);
            if (growth.TryGrow(out BufferPin pin, out _))
                return (pin, _locks.Add(pin, ContentLockMode.Exclusive));
            await Io.WaitAsync(growth.Obstacle, cancellationToken).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<BufferPin> ReadSlowAsync(
        ReadRunRequest request, uint block, ReadRunFlags flags, BufferPin pin, CancellationToken cancellationToken)
    {
        if (!pin.IsValid)
            pin = await PinAsync(request.Fork, block, request.Ring, cancellationToken).ConfigureAwait(false);
        ReadRun run = _oneRun ??= new ReadRun(this);
        try
        {
            ReadRunStart start = Start(run, request, block, pin, flags, mayWait: false);
            while (start == ReadRunStart.WouldWait)
            {
                await Io.WaitAsync(Io.Oldest, cancellationToken).ConfigureAwait(false); // for a handle
                start = Start(run, request, block, pin, flags, mayWait: false);
            }

            while (start != ReadRunStart.Hit && !run.TryFinish())
                await run.WaitOnceAsync(cancellationToken).ConfigureAwait(false);
            return pin;
        }
        catch
        {
            GiveUp(run, pin);
            throw;
        }
    }

    private ReadRunStart Start(
        ReadRun run, ReadRunRequest request, uint block, BufferPin pin, ReadRunFlags flags, bool mayWait)
    {
        _onePin[0] = pin;
        int count = 1;
        return run.Start(request, block, _onePin, 0, ref count, flags, mayWait);
    }

    // An operation in flight ends by itself, under a pin of its own.
    private void GiveUp(ReadRun run, BufferPin pin)
    {
        run.Abandon();
        TryUnpin(pin);
    }
}
