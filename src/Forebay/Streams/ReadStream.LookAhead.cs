using System.Runtime.ExceptionServices;
using Forebay.Buffers;
using Forebay.Primitives;

namespace Forebay.Streams;

/// <summary>Asking the source, gathering neighbours, starting runs. Nothing here waits unless told to.</summary>
public abstract partial class ReadStream
{
    private bool ShouldLookAhead
    {
        get
        {
            if (_distance.IsStopped || _running == _runs.Length)
                return false;

            // The consumer will wait for the first run anyway: let it grow, even if nothing is read ahead yet.
            if (_pendingCount > 0 && _pinned == 0 && _pendingCount < _distance.Combine)
                return true;
            return _pinned + _pendingCount < _distance.Ahead;
        }
    }

    private bool ShouldStartNow
    {
        get
        {
            if (_pendingCount == 0 || _running == _runs.Length)
                return false;
            if (_distance.IsStopped || _pendingCount >= _distance.Combine)
                return true;
            return _pinned == 0 && !ShouldLookAhead;
        }
    }

    /// <summary>Looks ahead through the concrete source; calls <see cref="LookAheadFrom"/>.</summary>
    private protected abstract void LookAheadFromSource();

    /// <summary>Looks ahead as far as the distance says and pins, handles and frames allow.</summary>
    /// <typeparam name="TSource">Names the blocks.</typeparam>
    /// <typeparam name="TData">What is remembered of each.</typeparam>
    /// <param name="source">The source, in place.</param>
    /// <param name="data">A place per slot of the ring.</param>
    private protected void LookAheadFrom<TSource, TData>(ref TSource source, TData[] data)
        where TSource : struct, IBlockSource<TData>
    {
        while (ShouldLookAhead)
        {
            if (ShouldStartNow)
            {
                if (!StartPending(mayWait: false))
                    return;
                continue;
            }

            if (!TryName(ref source, data, out uint block))
            {
                _distance.Stop();
                break;
            }

            _session.Pool.PrefetchLookup(_request.Fork, block); // looked up when the run before it has been started
            if (_pendingCount > 0 && (ulong)_pendingStart + (uint)_pendingCount == block)
            {
                _pendingCount++;
                continue;
            }

            while (_pendingCount > 0)
            {
                if (StartPending(mayWait: false) && _running < _runs.Length)
                    continue;
                (_ungotBlock, _hasUngot) = (block, true);
                return;
            }

            (_pendingStart, _pendingCount) = (block, 1);
        }

        if (ShouldStartNow)
            StartPending(mayWait: false);
    }

    /// <summary>Takes the next block: the one that was put back, or the source's.</summary>
    /// <param name="source">The source.</param>
    /// <param name="data">Its data go where the page will be; a block that was put back has left them there.</param>
    /// <param name="block">The block.</param>
    /// <returns>False at the end; an exception of the source is kept for its turn.</returns>
    private bool TryName<TSource, TData>(ref TSource source, TData[] data, out uint block)
        where TSource : struct, IBlockSource<TData>
    {
        if (_hasUngot)
        {
            block = _ungotBlock;
            _hasUngot = false;
            return true;
        }

        ref TData room = ref data[(_next + _pendingCount) % _ringSize];
        room = default!;
        try
        {
            return source.TryNext(ref room, out block);
        }
#pragma warning disable CA1031 // whatever it is, the consumer gets it when its turn comes
        catch (Exception exception)
#pragma warning restore CA1031
        {
            FailAtEnd(exception);
            block = 0;
            return false;
        }
    }

    /// <summary>Takes a block number without reading the block.</summary>
    private protected bool TryNextBlock<TSource, TData>(ref TSource source, TData[] data, out uint block)
        where TSource : struct, IBlockSource<TData>
    {
        CheckUsable();
        if (_isCached || _pinned > 0 || _pendingCount > 0)
            throw new InvalidOperationException("The stream has looked ahead already: take its pages, or reset it.");
        if (!_distance.IsStopped && TryName(ref source, data, out block))
            return true;
        _distance.Stop();
        block = 0;
        End();
        return false;
    }

    private void LookAhead()
    {
        if (_isFull && _running > _runs.Length - _gather)
            return; // several operations in one system call, once there is room for several
        if (!ShouldLookAhead && !ShouldStartNow)
            return;
        bool batch = _useBatching && !_session.Io.InBatch;
        if (batch)
            _session.Io.EnterBatch();
        _isLookingAhead = true;
        try
        {
            LookAheadFromSource();
        }
#pragma warning disable CA1031 // whatever it is, the consumer gets it when its turn comes
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Truncate(_pinned);
            FailAtEnd(exception);
        }
        finally
        {
            _isLookingAhead = false;
            _isFull = _running == _runs.Length;
            if (batch)
                _session.Io.ExitBatch();
        }
    }

    /// <summary>Notes what is to be raised once everything in the queue has been delivered.</summary>
    private protected void FailAtEnd(Exception exception)
    {
        _failure = ExceptionDispatchInfo.Capture(exception);
        _distance.Stop();
    }

    /// <summary>Starts a run for the pending read, or for as much of it as there are pins for.</summary>
    /// <param name="mayWait">Whether it may wait for a frame.</param>
    /// <param name="extra">How, beyond what the stream's options say; by default, whatever advice is due.</param>
    /// <returns>Whether anything was started or found.</returns>
    private bool StartPending(bool mayWait, ReadRunFlags? extra = null)
    {
        ReadRunFlags flags = _runFlags | (extra ?? Advice());
        int wanted = _pendingCount;
        int limit = Math.Max(0, _session.PinsLeft) + _forwarded;
        if (limit == 0 && _pinned == 0)
            limit = 1; // one page is everybody's right
        if (limit < wanted)
        {
            _distance.Limit(_pinned + limit);
            if (_pinned > 0)
                return false;
            wanted = limit;
        }

        ReadRun run = _runs[_nextRun];
        int count = wanted;
        ReadRunStart start = run.Start(_request, _pendingStart, _pins, _next, ref count, flags, mayWait);
        _forwarded = 0;
        for (int i = _next + count; i < _next + wanted && _pins[i].IsValid; i++)
            _forwarded++;
        for (int i = _ringSize; i < _next + count + _forwarded; i++)
            _pins[i - _ringSize] = _pins[i]; // the originals stay: a run's pins are one after another
        switch (start)
        {
            case ReadRunStart.Hit:
                if (_running == 0)
                    _distance.AfterHit();
                break;
            case ReadRunStart.Started:
                NoteRun(_next, count);
                break;
            case ReadRunStart.WouldWait:
            case ReadRunStart.AllPinned:
                _refusal = start;
                return false;
            default:
                Invariant.Fail("I-61: a run was started in no known way");
                break;
        }

        _next = (_next + count) % _ringSize;
        _pinned += count;
        _pendingStart += (uint)count;
        _pendingCount -= count;
        return true;
    }

    private void NoteRun(int slot, int count)
    {
        _sequentialBlock = _runs[_nextRun].FirstBlock + (long)count;
        _runSlots[_nextRun] = slot;
        _nextRun = (_nextRun + 1) % _runs.Length;
        _running++;
        _operations++;
        _operationBlocks += count;
        _inProgressTotal += _running;
    }

    // Under sync the kernel is told of jumps only, and of what follows a jump until the consumer gets there: by then
    // its own read-ahead has understood. What is read at once needs no advice.
    private ReadRunFlags Advice()
    {
        if (!_useAdvice)
            return 0;
        if (_pendingStart == _sequentialBlock)
            return _adviseUntil >= 0 ? ReadRunFlags.Advise : 0;
        _adviseUntil = _pendingStart;
        return _pinned > 0 ? ReadRunFlags.Advise : 0;
    }
}
