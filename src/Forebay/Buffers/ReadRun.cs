using System.Diagnostics;
using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Primitives;
using Forebay.Telemetry;

namespace Forebay.Buffers;

/// <summary>
/// Reading one run of consecutive blocks: started now, waited for later. Hits end a run and stay pinned; misses become
/// one operation; a page that somebody else is reading is joined, not read again. Reused for one run after another.
/// <code>
/// Start  pins what is there, makes frames for what is not, issues one operation for the misses
/// Wait   until every page of the run is valid: joins, continues short reads, splits a failed run down to the pages
///        that really fail; then raises the first failure
/// </code>
/// The pins stay with the caller in every case, also when Wait throws.
/// </summary>
internal sealed class ReadRun(BufferSession session)
{
    private IoReturn _outcome = new();
    private readonly int[] _frames = new int[session.Io.Engine.Handles.CombineMax];
    private ReadRunRequest? _request;
    private BufferPin[] _pins = [];
    private ReadRunFlags _flags;
    private uint _block;
    private int _first;
    private int _count;
    private int _done;
    private int _issued;
    private int _issueMax;
    private bool _isSplit;
    private RunWait _waitKind;
    private IoWaitReference _wait;
    private bool _waited;
    private int _endsOfWork;
    private Exception? _failure;

    private enum RunWait
    {
        Nothing,
        OwnOperation,
        ForeignOperation,
        FreeHandle,
    }

    /// <summary>Whether pages of the run are not yet known to be valid.</summary>
    public bool IsPending => _done < _count;

    /// <summary>Whether the run joined an operation that it had not issued itself.</summary>
    public bool HasJoined => _waitKind == RunWait.ForeignOperation;

    /// <summary>First block of the run.</summary>
    public uint FirstBlock => _block;

    /// <summary>Once the run is over: pages before the first that could not be read; all if none failed.</summary>
    public int GoodBlocks { get; private set; }

    /// <summary>
    /// Whether the run was waited for, or had to be issued by the one who wanted its pages at once.
    /// </summary>
    public bool NeededWait => _waited || (_flags & ReadRunFlags.Synchronous) != 0;

    /// <summary>
    /// Starts a run. Never waits for anything unless <paramref name="mayWait"/>, and then only for a frame; without it
    /// a run that finds no free handle is not started either.
    /// </summary>
    /// <param name="request">Fork, ring and check.</param>
    /// <param name="block">First block.</param>
    /// <param name="pins">
    /// Where the pins go. Pins that are there already (from an earlier, shorter run) are used.
    /// </param>
    /// <param name="first">Index of the first block's pin.</param>
    /// <param name="count">Blocks wanted; on return the blocks of the run. Pins beyond it may have been filled.</param>
    /// <param name="flags">How.</param>
    /// <param name="mayWait">Whether it may wait for a dirty victim to be written.</param>
    public ReadRunStart Start(
        ReadRunRequest request,
        uint block,
        BufferPin[] pins,
        int first,
        ref int count,
        ReadRunFlags flags,
        bool mayWait)
    {
        Invariant.Check(!IsPending, "I-42: a run was started before the one before it had ended");
        BufferAllocation found = PinMisses(request, block, pins.AsSpan(first), ref count, mayWait);
        switch (found)
        {
            case BufferAllocation.Valid:
                count = 1;
                session.CountHit(request.Ring);
                return ReadRunStart.Hit;
            case BufferAllocation.WouldWait:
                return ReadRunStart.WouldWait;
            case BufferAllocation.AllPinned:
                return ReadRunStart.AllPinned;
            case BufferAllocation.MustWait:
                throw new UnreachableException(); // pinning has waited, if it was to
            case BufferAllocation.NotValid:
            default:
                break;
        }

        (_request, _block, _pins, _first, _count, _flags) = (request, block, pins, first, count, flags);
        (_done, _failure, _waitKind, _issueMax) = (0, null, RunWait.Nothing, _frames.Length);
        (_waited, _isSplit, GoodBlocks, _endsOfWork) = (false, false, count, session.EndsOfWork);
        if (session.Io.Engine.Method.ReadsWhenWaited)
        {
            if ((flags & ReadRunFlags.Advise) != 0)
                session.Pool.Storage.Prefetch(request.Fork, block, (uint)count);
            return ReadRunStart.Started;
        }

        try
        {
            Issue();
        }
        catch
        {
            Abandon();
            throw;
        }

        if (_waitKind == RunWait.FreeHandle && !mayWait)
        {
            Abandon();
            count = 0;
            return ReadRunStart.WouldWait;
        }

        // Misses that were not claimed now (another session's pages among them) are asked for again by the caller.
        if (_waitKind == RunWait.OwnOperation)
            count = _count = _done + _issued;
        else if (_waitKind == RunWait.ForeignOperation)
            count = _count = _done + 1;
        return IsPending ? ReadRunStart.Started : ReadRunStart.Hit;
    }

    /// <summary>Pins frames for blocks until one is found valid, or cannot be had.</summary>
    /// <param name="request">Fork and ring.</param>
    /// <param name="block">First block.</param>
    /// <param name="pins">Where the pins go, and may be already.</param>
    /// <param name="count">Blocks wanted; on return those that are to be read.</param>
    /// <param name="mayWait">Whether the first may wait for its frame.</param>
    /// <returns>NotValid = there are blocks to read; else what was found with the first.</returns>
    private BufferAllocation PinMisses(
        ReadRunRequest request, uint block, Span<BufferPin> pins, ref int count, bool mayWait)
    {
        int wanted = Math.Min(Math.Min(count, session.Pool.Storage.CombineMax(block)), _frames.Length);
        for (count = 0; count < wanted; count++)
        {
            BufferAllocation found = pins[count].IsValid
                ? Recheck(pins[count])
                : session.Pin(request.Fork, block + (uint)count, request.Ring, mayWait && count == 0, out pins[count]);
            if (found == BufferAllocation.NotValid)
                continue;

            // A hit stays pinned for the next run; a frame that cannot be had is asked for again then.
            return count > 0 ? BufferAllocation.NotValid : found;
        }

        return BufferAllocation.NotValid;
    }

    /// <summary>Waits until every page of the run is valid.</summary>
    /// <exception cref="IOException">A page cannot be read or is bad. The other pages of the run are valid.</exception>
    public void Wait()
    {
        while (!TryFinish())
            WaitOnce();
    }

    /// <summary>Does all that can be done without waiting.</summary>
    /// <returns>Whether the run is over; if not, it is <see cref="WaitOnce"/>'s turn.</returns>
    /// <exception cref="IOException">
    /// It is over, and a page cannot be read or is bad. The other pages of the run are valid.
    /// </exception>
    public bool TryFinish()
    {
        if (!Advance())
            return false;
        if (NeededWait)
            session.Count(PoolEvent.Wait);
        if (_failure is not { } failure)
            return true;
        _failure = null;
        throw failure;
    }

    /// <summary>Waits for whatever keeps an unfinished run from going on.</summary>
    public void WaitOnce()
    {
        _waited = true;
        session.Io.Wait(_wait);
    }

    /// <summary>
    /// As <see cref="WaitOnce"/> without blocking the thread; cancelling ends the waiting, not the reading.
    /// </summary>
    public ValueTask<bool> WaitOnceAsync(CancellationToken cancellationToken)
    {
        _waited = true;
        return session.Io.WaitAsync(_wait, cancellationToken);
    }

    /// <summary>
    /// Forgets an unfinished run. What it has in flight ends by itself, under pins of its own; its outcome goes
    /// nowhere, and the run can be started anew at once.
    /// </summary>
    public void Abandon()
    {
        if (_waitKind == RunWait.OwnOperation && !_outcome.IsFilled)
            _outcome = new IoReturn(); // the old one belongs to the operation until it is over
        (_waitKind, _failure) = (RunWait.Nothing, null);
        _done = _count;
    }

    /// <summary>Does all that can be done without waiting.</summary>
    /// <returns>Whether the run is over; if not, <see cref="_wait"/> is what to wait for.</returns>
    private bool Advance()
    {
        while (IsPending)
        {
            if (_waitKind == RunWait.Nothing)
            {
                Issue();
                _waited |= _waitKind != RunWait.Nothing; // its I/O begins only now that its pages are wanted
                continue;
            }

            if (!session.Io.IsDone(_wait))
                return false;
            RunWait over = _waitKind;
            _waitKind = RunWait.Nothing;
            if (over == RunWait.OwnOperation)
                TakeOutcome();
            else if (over == RunWait.ForeignOperation)
                TakeForeign();
        }

        return true;
    }

    private BufferAllocation Recheck(BufferPin pin) =>
        session.Pool.Descriptor(pin.Frame).Word.Has(BufferWord.Valid)
            ? BufferAllocation.Valid
            : BufferAllocation.NotValid;

    /// <summary>Issues one operation from the first page that is not done, or finds what to wait for instead.</summary>
    private void Issue()
    {
        // The handle first: nobody waits for a handle while holding pages in progress.
        if (!session.Io.TryAcquire(_outcome, out int handle))
        {
            (_waitKind, _wait) = (RunWait.FreeHandle, session.Io.Oldest);
            return;
        }

        _issued = 0;
        try
        {
            Claim(handle);
            if (_issued == 0)
                return;
            Describe(handle);
            _wait = session.Io.Reference(handle);
            session.Pool.Storage.StartRead(session.Io, handle, _request!.Fork, _block + (uint)_done,
                session.Pool.Options.Arena, _frames.AsSpan(0, _issued));
            _waitKind = RunWait.OwnOperation;
        }
        finally
        {
            // Still ours: nothing was claimed, or something threw before the operation was started.
            if (session.Io.IsHandedOut(handle))
                GiveUp(handle);
        }
    }

    private void Claim(int handle)
    {
        if (_endsOfWork != session.EndsOfWork)
            throw new InvalidOperationException("The session's work was ended under this read: its pages are gone.");
        int most = Math.Min(_count - _done, _issueMax);
        while (_issued < most)
        {
            int frame = _pins[_first + _done + _issued].Frame;
            BufferClaim claim = session.Pool.Descriptors.TryClaimRead(frame, handle, out _);
            if (claim == BufferClaim.Claimed)
            {
                DeathPoints.Reach(DeathPoint.ReadClaimed);
                _frames[_issued++] = frame;
                continue;
            }

            if (_issued > 0)
                return; // the operation ends before a page that is valid or somebody else's
            if (claim == BufferClaim.AlreadyDone)
            {
                session.CountHit(_request!.Ring);
                if (++_done == _count)
                    return;
                most = Math.Min(_count - _done, _issueMax);
            }
            else if (TryJoin(frame))
            {
                return;
            }
        }
    }

    private bool TryJoin(int frame)
    {
        if (!session.Pool.Descriptors.TryGetOperation(session.Io.Engine, frame, out _wait))
            return false;
        _waitKind = RunWait.ForeignOperation;
        session.Count(PoolEvent.Joined);
        return true;
    }

    private void Describe(int handle)
    {
        byte data = BufferReadCallback.Data(_flags & (ReadRunFlags.ZeroOnError | ReadRunFlags.IgnoreChecksumFailure),
            _request!.PageCheck);
        session.Io.SetPurpose(handle, session.PurposeOf(_request.Ring));
        session.Io.AddCallback(handle, session.Pool.Options.ReadCallback, data);
        if ((_flags & ReadRunFlags.Synchronous) != 0)
            session.Io.AddFlags(handle, IoHandleFlags.Synchronous);
        if (session.Pool.Options.IsLocal)
            session.Io.AddFlags(handle, IoHandleFlags.ReferencesLocal);
    }

    private void GiveUp(int handle)
    {
        for (int i = 0; i < _issued; i++)
            session.Pool.Descriptors.EndIo(_frames[i], handle, BufferWord.IoError, 0, dropPin: false);
        _issued = 0;
        session.Io.Release(handle); // wakes who had found the handle in the pages
    }

    private void TakeForeign()
    {
        // Whether the other's read went well is in the page. If not, the next Issue reads this one page itself.
        if (Recheck(_pins[_first + _done]) != BufferAllocation.Valid)
        {
            _issueMax = 1;
            return;
        }

        _done++;
        session.CountHit(_request!.Ring);
    }

    private void TakeOutcome()
    {
        IoResult result = _outcome.Result;
        switch (result.Status)
        {
            case IoStatus.Ok:
            case IoStatus.Partial:
                Progress(result.Value);
                break;
            case IoStatus.Warning:
                session.Report(_outcome);
                Progress(result.Value);
                break;
            case IoStatus.Error when result.CallbackId == session.Pool.Options.ReadCallback:
                // Some pages are bad; all that were read have been judged.
                Fail(result, PageFaults.Unpack(result.Detail).First);
                Progress(result.Value);
                break;
            case IoStatus.Error when _issued > 1 && IsUnreadable(result):
                // One bad sector fails the whole operation: ask for half, until the page that fails stands alone.
                _issueMax = _issued / 2;
                _isSplit = true;
                session.Count(PoolEvent.Bisection);
                break;
            case IoStatus.Error:
                Fail(result, 0);
                Progress(_issued);
                break;
            case IoStatus.Unknown:
                break; // the outcome was dropped by a clean-up of the session: the pages themselves tell
            default:
                throw new InvalidOperationException();
        }
    }

    private static bool IsUnreadable(IoResult result) =>
        result.CallbackId == IoCallbackIds.Storage && ErrnoTable.IsUnreadable((Errno)result.Detail);

    private void Progress(int blocks)
    {
        _done += blocks;

        // After a split, widen again along the halves that it was made of. A page that another session could not read
        // was asked for alone, and says nothing of those behind it.
        _issueMax = _isSplit ? Math.Max(1, _done & -_done) : _frames.Length;
    }

    private void Fail(IoResult result, int offset)
    {
        if (_failure is not null)
            return; // operations of a run go from front to back: the first failure is the one to tell
        _failure = session.Io.Engine.Callbacks[result.CallbackId].Report(result, _outcome.Target);
        GoodBlocks = _done + offset;
    }
}
