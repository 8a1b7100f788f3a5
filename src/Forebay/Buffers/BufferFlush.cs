using System.Runtime.CompilerServices;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Primitives;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>
/// Writes dirty pages out in file order, neighbours in one operation, many operations in flight. Reused by its session.
/// A write that comes out short is continued; one that fails is split, so that every page that can be written is.
/// </summary>
/// <remarks>
/// Nothing is waited for while frames are held: the handle comes first, the lock of a run's first page is waited for
/// with that page alone, and the run ends before a page whose lock is not free. Locks of what is in flight are given
/// back by the operations.
/// </remarks>
internal sealed class BufferFlush(BufferSession session)
{
    private readonly List<(BufferTag Tag, int Frame)> _dirty = [];
    private readonly int[] _run = new int[session.Io.Engine.Handles.CombineMax];
    private readonly Stack<Part> _parts = [];
    private readonly Queue<Write> _inFlight = [];
    private readonly Stack<IoReturn> _outcomes = [];
    private int _inFlightMax;
    private int _written;
    private Part _wantedPart;
    private int _wantedFrame; // plus one; first of that part, pinned, and its lock is waited for
    private bool _isWantedLocked;
    private IoWaitReference _wait;
    private Exception? _failure;

    /// <summary>Writes every page that was dirty when the call began.</summary>
    /// <param name="fork">Any tag of the fork to flush; null = every fork.</param>
    /// <param name="inFlightMax">Operations in flight at a time.</param>
    /// <returns>Pages written.</returns>
    /// <exception cref="StorageException">A page could not be written; all others have been tried.</exception>
    public int Run(BufferTag? fork, int inFlightMax)
    {
        Begin(fork, inFlightMax);
        try
        {
            while (!Advance())
            {
                if (!WantsLock)
                {
                    session.Io.Wait(_wait);
                    continue;
                }

                session.WaitForPage(_wantedFrame - 1, ContentLockMode.ShareExclusive);
                _isWantedLocked = true;
            }
        }
        finally
        {
            Leave();
        }

        return Conclude();
    }

    /// <summary>As <see cref="Run"/> without blocking the thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> RunAsync(BufferTag? fork, int inFlightMax, CancellationToken cancellationToken)
    {
        Begin(fork, inFlightMax);
        try
        {
            while (!Advance())
            {
                if (!WantsLock)
                {
                    await session.Io.WaitAsync(_wait, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                await session.WaitForPageAsync(_wantedFrame - 1, ContentLockMode.ShareExclusive, cancellationToken)
                    .ConfigureAwait(false);
                _isWantedLocked = true;
            }
        }
        finally
        {
            Leave();
        }

        return Conclude();
    }

    private bool WantsLock => _wantedFrame != 0 && !_isWantedLocked;

    private void Begin(BufferTag? fork, int inFlightMax)
    {
        session.Stop.Check();
        session.WriteBacks.Look();
        session.Pool.ListDirty(fork, _dirty);
        _parts.Push(new Part(0, _dirty.Count, _run.Length));
        (_inFlightMax, _written, _failure) = (inFlightMax, 0, null);
    }

    /// <summary>Does all that can be done without waiting.</summary>
    /// <returns>Whether that was all; if not, a lock (<see cref="WantsLock"/>) or an operation is to be waited for.
    /// </returns>
    private bool Advance()
    {
        while (true)
        {
            while (_inFlight.TryPeek(out Write oldest) && session.Io.IsDone(oldest.Operation))
                TakeOutcome(_inFlight.Dequeue());
            bool isAnyLeft = _parts.Count > 0 || _wantedFrame != 0;
            if (!isAnyLeft && _inFlight.Count == 0)
                return true;
            if (!isAnyLeft || (_inFlight.Count >= _inFlightMax && _wantedFrame == 0))
            {
                _wait = _inFlight.Peek().Operation;
                return false;
            }

            Part part = _wantedFrame != 0 ? _wantedPart : _parts.Pop();
            int taken = part.Count == 0 ? 0 : Start(part);
            if (taken == 0 && _wantedFrame != 0)
                _wantedPart = part;
            else if (taken < part.Count)
                _parts.Push(part with { At = part.At + taken, Count = part.Count - taken });
            if (taken == 0 && part.Count > 0)
                return false;
        }
    }

    /// <summary>Starts one write from the part's front.</summary>
    /// <returns>Pages that are dealt with; none if something has to be waited for first.</returns>
    private int Start(Part part)
    {
        IoReturn outcome = _outcomes.TryPop(out IoReturn? used) ? used : new IoReturn();
        if (!session.Io.TryAcquire(outcome, out int handle))
        {
            _outcomes.Push(outcome);
            _wait = session.Io.Oldest;
            return 0;
        }

        int length = 0;
        int started = 0;
        try
        {
            IoWaitReference operation = session.Io.Reference(handle);
            length = Gather(part);
            DeathPoints.Reach(DeathPoint.FlushGathered);
            if (length > 0)
                started = session.StartWrite(handle, _run.AsSpan(0, length));
            Invariant.Check(started == length,
                "I-49: a dirty page was locked and could not be written", started, length);
            if (started > 0)
                _inFlight.Enqueue(new Write(operation, outcome, part with { Count = started }));
        }
        finally
        {
            for (int i = 0; i < length; i++)
                session.Pool.Descriptors.Let(_run[i], session.Claims); // the operation holds pins of its own
            if (session.Io.IsHandedOut(handle))
                session.Io.Release(handle);
            if (started == 0)
                _outcomes.Push(outcome);
        }

        return length > 0 || _wantedFrame != 0 ? length : 1; // a first page that is clean by now is dealt with as well
    }

    /// <summary>
    /// Pins and locks consecutive dirty pages; the run ends before a page whose lock is not free. If that is the first,
    /// it becomes the wanted one.
    /// </summary>
    private int Gather(Part part)
    {
        BufferTag first = _dirty[part.At].Tag;
        int most = Math.Min(Math.Min(part.Count, part.Most), session.Pool.Storage.CombineMax(first.Block));
        int count = 0;
        if (_wantedFrame != 0)
        {
            int frame = _wantedFrame - 1;
            (_wantedFrame, _isWantedLocked) = (0, false);
            if (!IsDirtyOrGivenBack(frame))
                return 0;
            _run[count++] = frame;
        }

        while (count < most)
        {
            (BufferTag tag, int frame) = _dirty[part.At + count];
            if (!tag.IsSameFork(first) || tag.Block != first.Block + (uint)count || !TryTake(tag, frame, count == 0))
                break;
            _run[count++] = frame;
        }

        return count;
    }

    private bool TryTake(in BufferTag tag, int frame, bool isFirst)
    {
        BufferDescriptors descriptors = session.Pool.Descriptors;
        if (!descriptors.TryPin(frame, tag, seldom: true, session.Claims, out BufferWord word))
            return false; // another page by now: then somebody has written the one that was meant
        bool isDirty = word.Has(BufferWord.Dirty);
        if (isDirty && descriptors.TryEnterContent(frame, ContentLockMode.ShareExclusive, session.Claims))
            return IsDirtyOrGivenBack(frame);
        if (isDirty && isFirst)
            _wantedFrame = frame + 1;
        else
            descriptors.Let(frame, session.Claims);
        return false;
    }

    // Under the lock a page that is dirty stays so; before, somebody else may have written it.
    private bool IsDirtyOrGivenBack(int frame)
    {
        BufferDescriptors descriptors = session.Pool.Descriptors;
        if (descriptors[frame].Word.Has(BufferWord.Dirty))
            return true;
        descriptors.ExitContent(frame, ContentLockMode.ShareExclusive, session.Claims);
        descriptors.Let(frame, session.Claims);
        return false;
    }

    private void TakeOutcome(Write write)
    {
        IoResult result = write.Outcome.Result;
        Part part = write.Part;
        switch (result.Status)
        {
            case IoStatus.Error when part.Count > 1:
                int half = part.Count / 2;
                _parts.Push(new Part(part.At + half, part.Count - half, part.Count - half));
                _parts.Push(new Part(part.At, half, half));
                break;
            case IoStatus.Error:
            case IoStatus.Unknown:
                _failure ??= session.FailureOf(write.Outcome);
                break;
            case IoStatus.Ok:
            case IoStatus.Partial:
            case IoStatus.Warning:
            default:
                _written += result.Value;
                if (result.Value < part.Count)
                    _parts.Push(part with { At = part.At + result.Value, Count = part.Count - result.Value });
                break;
        }

        _outcomes.Push(write.Outcome);
    }

    private int Conclude() => _failure is null ? _written : throw _failure;

    /// <summary>Holds nothing any more, however it ended.</summary>
    private void Leave()
    {
        _parts.Clear();
        _inFlight.Clear(); // if anything: it ends by itself, and its outcome is nobody's
        if (_wantedFrame == 0)
            return;
        if (_isWantedLocked)
            session.Pool.Descriptors.ExitContent(
                _wantedFrame - 1, ContentLockMode.ShareExclusive, session.Claims);
        session.Pool.Descriptors.Let(_wantedFrame - 1, session.Claims);
        (_wantedFrame, _isWantedLocked) = (0, false);
    }

    /// <summary>Dirty pages, by their places in the list, still to be written.</summary>
    private readonly record struct Part(int At, int Count, int Most);

    private readonly record struct Write(IoWaitReference Operation, IoReturn Outcome, Part Part);
}
