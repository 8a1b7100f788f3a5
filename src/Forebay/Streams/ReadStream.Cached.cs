using System.Runtime.CompilerServices;
using Forebay.Buffers;

namespace Forebay.Streams;

/// <summary>
/// The short way for pages that are all found in the pool: both distances are one, nothing is in progress, and exactly
/// one page is held ready, in a field instead of the queue. Each turn finds one page and hands out the one before.
/// Going back to the queue puts the page into the slot in which it would have been.
/// </summary>
public abstract partial class ReadStream
{
    private BufferPin _ready;
    private bool _isCached;
    private long _returnedCached;

    /// <summary>Whether the stream goes the short way; not if the page that it held ready was taken from it.</summary>
    private protected bool IsCached
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _isCached && _endsOfWork == _session.EndsOfWork;
    }

    /// <summary>Hands out the page held ready and finds the next.</summary>
    /// <param name="source">The source, in place.</param>
    /// <param name="inPlace">Whether a page that is not there may be read at once, by this thread.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected PinnedPage TakeCached<TSource>(ref TSource source, bool inPlace)
        where TSource : struct, IBlockSource
    {
        PinnedPage page = new(_session, _ready);
        if (!TryNameCached(ref source, out uint block))
        {
            EndCached();
        }
        else if (_session.TryPinValid(_request.Fork, block, _request.Ring, out BufferPin pin) && _isCached)
        {
            _session.Pool.Prefetch(pin.Frame); // looked at when this page comes back, a turn from now
            _ready = pin;
            _returnedCached++;
            _session.CountHit(_request.Ring);
        }
        else
        {
            MissCached(block, pin, inPlace);
        }

        return page;
    }

    // A range throws nothing: without a guarded block, all of the turn stays in registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryNameCached<TSource>(ref TSource source, out uint block)
        where TSource : struct, IBlockSource =>
        typeof(TSource) == typeof(BlockRange) ? source.TryNext(out block) : TryNameGuarded(ref source, out block);

    private bool TryNameGuarded<TSource>(ref TSource source, out uint block)
        where TSource : struct, IBlockSource
    {
        CheckNotLookingAhead();
        _isLookingAhead = true;
        try
        {
            return source.TryNext(out block);
        }
#pragma warning disable CA1031 // whatever it is, the consumer gets it when its turn comes
        catch (Exception exception)
#pragma warning restore CA1031
        {
            FailAtEnd(exception);
            block = 0;
            return false;
        }
        finally
        {
            _isLookingAhead = false;
        }
    }

    private void TryEnterCached()
    {
        bool isIdle = _pinned == 1 && _running == 0 && _forwarded == 0 && _pendingCount == 0 && !_hasUngot;
        if (!isIdle || !_mayGoCached || !_distance.IsMinimal)
            return;
        _ready = _pins[_oldest];
        ClearSlot(_oldest);
        _isCached = true;
    }

    private void LeaveCached()
    {
        if (!_isCached)
            return;
        _isCached = false;
        _pins[_oldest] = _ready;
    }

    private void EndCached()
    {
        TakeLastCached();
        _distance.Stop();
    }

    // The next page is not there, or the source has paused the stream: its block becomes the pending read.
    private void MissCached(uint block, BufferPin pin, bool inPlace)
    {
        TakeLastCached();
        (_pendingStart, _pendingCount) = (block, 1);
        if (!pin.IsValid)
            _session.Pin(_request.Fork, block, _request.Ring, mayWait: false, out pin);
        if (!pin.IsValid)
            return;
        _pins[_next] = pin;
        _forwarded = 1;
        try
        {
            // Nothing is in flight, so the consumer will wait for this page next: reading it in this thread is cheaper
            // than having it read. Under sync nothing is read yet, and the kernel has the time until the next call.
            ReadRunFlags flags = (inPlace ? ReadRunFlags.Synchronous : 0) | (_useAdvice ? ReadRunFlags.Advise : 0);
            if (StartPending(mayWait: false, flags))
                TryEnterCached();
        }
#pragma warning disable CA1031 // whatever it is, the consumer gets it when its turn comes
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Truncate(_pinned);
            FailAtEnd(exception);
        }
    }

    /// <summary>The page held ready is being handed out, and the queue is empty.</summary>
    private void TakeLastCached()
    {
        _isCached = false;
        ClearSlot(_oldest); // a source that paused the stream has had the page put back into its slot
        _pinned = 0;
        _oldest = _next;
        _returnedCached++;
    }
}
