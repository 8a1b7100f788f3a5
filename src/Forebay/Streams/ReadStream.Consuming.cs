using System.Runtime.CompilerServices;
using Forebay.Buffers;
using Forebay.Handles;

namespace Forebay.Streams;

/// <summary>Handing pages out: the one place where a stream waits, in a blocking and an awaitable form.</summary>
public abstract partial class ReadStream
{
    /// <summary>
    /// How often a stream without a page waits for an operation in flight, hoping for a frame or a handle, before it
    /// insists: a frame is then cleaned by a write of its own. Each attempt has up to eight dirty frames written.
    /// </summary>
    private const int AttemptsMax = 16;

    private int _attempts;

    /// <summary>What has to happen before a page can be handed out.</summary>
    private enum Turn
    {
        /// <summary>Nothing: it is there.</summary>
        Page,

        /// <summary>There is none.</summary>
        End,

        /// <summary>Its run has to be waited for.</summary>
        Unfinished,

        /// <summary>No run could be started: there was no frame or no handle.</summary>
        Starved,
    }

    /// <summary>Takes the next page; blocks the thread while it is being read.</summary>
    /// <param name="page">The page, the caller's to dispose.</param>
    /// <returns>False at the end, and in a pause.</returns>
    /// <exception cref="Storage.StorageException">The page cannot be read.</exception>
    /// <exception cref="PageException">The page fails its check.</exception>
    /// <exception cref="InvalidOperationException">
    /// Every frame of the pool is pinned; or the session's work was ended under the stream.
    /// </exception>
    public virtual bool TryNext(out PinnedPage page)
    {
        while (true)
        {
            switch (Prepare())
            {
                case Turn.Page:
                    page = Take();
                    return true;
                case Turn.Unfinished:
                    _runs[_oldestRun].WaitOnce();
                    break;
                case Turn.Starved:
                    if (Hope() is { IsValid: true } operation)
                        _session.Io.Wait(operation);
                    break;
                case Turn.End:
                default:
                    page = default;
                    return false;
            }
        }
    }

    /// <summary>
    /// Takes the next page without blocking the thread; then it is <see cref="Current"/>. Ready already: completes at
    /// once, without allocation. Under <c>sync</c> and with a concurrency of 0 reading blocks the thread all the same.
    /// </summary>
    /// <param name="cancellationToken">
    /// Ends the waiting, not the reading: the same page is next, and may be asked for again.
    /// </param>
    /// <returns>False at the end, and in a pause. Awaited before the session is used again.</returns>
    /// <exception cref="Storage.StorageException">The page cannot be read.</exception>
    /// <exception cref="PageException">The page fails its check.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidOperationException">
    /// Every frame of the pool is pinned; or the session's work was ended under the stream.
    /// </exception>
    public virtual ValueTask<bool> NextAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(cancellationToken);
        try
        {
            switch (Prepare())
            {
                case Turn.Page:
                    Current = Take();
                    return new ValueTask<bool>(true);
                case Turn.End:
                    return new ValueTask<bool>(false);
                case Turn.Unfinished:
                case Turn.Starved:
                default:
                    return NextSlowAsync(cancellationToken);
            }
        }
#pragma warning disable CA1031 // it goes where the caller looks for it: into the task
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return ValueTask.FromException<bool>(exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> NextSlowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (Prepare())
            {
                case Turn.Page:
                    Current = Take();
                    return true;
                case Turn.Unfinished:
                    await _runs[_oldestRun].WaitOnceAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case Turn.Starved:
                    if (Hope() is { IsValid: true } operation)
                        await _session.Io.WaitAsync(operation, cancellationToken).ConfigureAwait(false);
                    break;
                case Turn.End:
                default:
                    return false;
            }
        }
    }

    /// <summary>Does all that can be done for the next page without waiting.</summary>
    private Turn Prepare()
    {
        CheckUsable();
        LeaveCached();
        if (_pinned == 0)
        {
            LookAhead();
            if (_pinned == 0)
                return _pendingCount == 0 && _distance.IsStopped ? End() : Turn.Starved;
        }

        _attempts = 0;
        if (_running == 0 || _runSlots[_oldestRun] != _oldest)
            return Turn.Page;
        ReadRun run = _runs[_oldestRun];
        try
        {
            if (!run.TryFinish())
                return Turn.Unfinished;
        }
#pragma warning disable CA1031 // whatever it is, it is raised when its page's turn comes
        catch (Exception exception) when (!run.IsPending)
#pragma warning restore CA1031
        {
            Retire(run);
            Truncate(Math.Min(run.GoodBlocks, _pinned));
            FailAtEnd(exception);
            return _pinned > 0 ? Turn.Page : End();
        }

        Retire(run);
        return Turn.Page;
    }

    private Turn End()
    {
        _failure?.Throw();
        return Turn.End;
    }

    private void CheckUsable()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        CheckNotLookingAhead();
        if (_endsOfWork == _session.EndsOfWork)
            return;
        Truncate(0);
        _endsOfWork = _session.EndsOfWork;
        FailAtEnd(new InvalidOperationException(
            "The session's work was ended under this stream: its pages have been given back. Reset it to go on."));
    }

    /// <summary>The oldest run is over: what it teaches about the distances.</summary>
    private void Retire(ReadRun run)
    {
        _oldestRun = (_oldestRun + 1) % _runs.Length;
        _running--;
        if (run.NeededWait)
            _waits++;
        _distance.AfterIo(run.NeededWait);
        if (_adviseUntil == run.FirstBlock)
            _adviseUntil = -1;
    }

    /// <summary>Takes the oldest page, which is ready, and looks ahead before it is handed out.</summary>
    private PinnedPage Take()
    {
        PinnedPage page = new(_session, _pins[_oldest]);
        ClearSlot(_oldest);
        _returned++;
        _distanceTotal += _pinned;
        _distanceMax = Math.Max(_distanceMax, _pinned);
        _pinned--;
        _oldest = (_oldest + 1) % _ringSize;
        LookAhead();
        TryEnterCached();
        return page;
    }

    private void ClearSlot(int slot)
    {
        _pins[slot] = default;
        if (slot < _combineLimit - 1)
            _pins[_ringSize + slot] = default;
    }

    /// <summary>
    /// No page is in the queue and none could be started. Finds an operation whose end may help; if there is none, or
    /// hoping has not helped, starts one page with the right to wait.
    /// </summary>
    /// <returns>What to wait for, if anything.</returns>
    private IoWaitReference Hope()
    {
        IoWaitReference oldest = _session.Io.Oldest;
        if (oldest.IsValid && (_refusal == ReadRunStart.AllPinned || _attempts < AttemptsMax))
        {
            _attempts++;
            return oldest;
        }

        if (StartPending(mayWait: true))
            return default;
        throw new InvalidOperationException(
            $"A stream found no frame: {_session.Ledger.Count} pages are pinned by this session, and the pool has "
            + $"{_session.Pool.FrameCount} (setting buffer_pool_bytes). Dispose pages that are no longer needed.");
    }
}
