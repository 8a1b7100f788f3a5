using Forebay.Engine;
using Forebay.Handles;
using Forebay.Storage;
using Forebay.Telemetry;

namespace Forebay.Buffers;

/// <summary>
/// The dirty victims whose writing a session has started while it was not to wait (looking ahead). Two things are done
/// with each: once it is clean, its frame is the session's first choice for a new page, or a pool of dirty pages would
/// be written in its entirety before the hand came round to the first clean frame; and how its write ended is looked
/// at by this session, though nobody has waited for it.
/// </summary>
/// <remarks>
/// A victim is not pinned meanwhile: whoever needs its page, or takes the frame when it is clean, may. A write that
/// failed is counted and raised as a notice the next time that the session wants a frame, flushes, or ends its work;
/// the page stays dirty and marked, look-ahead leaves it alone from then on, and who waits for such a victim, or
/// flushes it, is told by an exception.
/// </remarks>
internal sealed class WriteBacks(BufferSession session)
{
    /// <summary>Most at a time: twice what an operation combines by default.</summary>
    public const int Max = 32;

    /// <summary>Kind of the notice.</summary>
    public const string FailureKind = "write-back-failure";

    private readonly int _max = Math.Clamp(session.Io.Engine.Handles.PerSession / 2, 1, Max);
    private readonly List<Entry> _entries = new(Max);
    private readonly Stack<IoReturn> _outcomes = new(Max);
    private readonly Queue<(string Message, Exception? Cause)> _failures = [];

    /// <summary>Whether another one may be started.</summary>
    public bool HasRoom => _entries.Count < _max;

    /// <summary>Whether some are in flight, or clean and not yet taken.</summary>
    public bool HasAny => _entries.Count > 0;

    /// <summary>Starts to write a victim. A file that cannot be opened counts as a write that failed.</summary>
    /// <param name="frame">Pinned and locked share-exclusively by the caller; the lock is taken over.</param>
    /// <param name="ring">The ring that the frame is wanted for, or null.</param>
    public void Start(int frame, StrategyRing? ring)
    {
        BufferTag tag = session.Pool.Descriptor(frame).Tag; // stable: the caller has a pin
        IoReturn outcome = _outcomes.TryPop(out IoReturn? used) ? used : new IoReturn();
        bool isStarted = false;
        if (!session.Io.TryAcquire(outcome, out int handle))
        {
            session.Pool.Descriptors.ExitContent(frame, ContentLockMode.ShareExclusive, session.Claims);
        }
        else
        {
            IoWaitReference operation = session.Io.Reference(handle);
            try
            {
                isStarted = session.StartWrite(handle, [frame], ring) > 0;
            }
            catch (StorageException failure)
            {
                Fail(failure.Message, failure); // the page is marked, as if the write itself had failed
            }

            if (isStarted)
                _entries.Add(new Entry(frame, tag, operation, outcome, ring, ring?.Place ?? 0, IsClean: false));
        }

        if (!isStarted)
            _outcomes.Push(outcome);
    }

    /// <summary>Takes a frame that was written, if it is still nobody else's.</summary>
    /// <param name="ring">The ring that it is wanted for; each asks for its own.</param>
    /// <param name="place">Its place in the ring.</param>
    /// <returns>The frame with exactly the caller's pin; -1 = there is none.</returns>
    public int TryTake(StrategyRing? ring, out int place)
    {
        place = 0;
        if (_entries.Count == 0)
            return -1;
        Look();
        for (int at = 0; at < _entries.Count;)
        {
            Entry entry = _entries[at];
            if (!entry.IsClean || entry.Ring != ring)
            {
                at++;
                continue;
            }

            _entries.RemoveAt(at);
            place = entry.Place;
            if (session.Pool.Descriptors.TryPinUnused(entry.Frame, session.Claims))
                return entry.Frame;
        }

        return -1;
    }

    /// <summary>The oldest one in flight for a ring: what to wait for rather than for one more.</summary>
    public bool TryGetOldest(StrategyRing? ring, out IoWaitReference operation)
    {
        foreach (Entry entry in _entries)
        {
            operation = entry.Operation;
            if (!entry.IsClean && entry.Ring == ring)
                return true;
        }

        operation = default;
        return false;
    }

    /// <summary>Takes over a write that its starter waits for no longer.</summary>
    public void Adopt(int frame, IoWaitReference operation, IoReturn outcome) => _entries.Add(new Entry(
        frame, session.Pool.Descriptor(frame).Tag, operation, outcome, null, 0, IsClean: false));

    /// <summary>Looks at those that are over; tells of those that have failed.</summary>
    public void Look()
    {
        Collect();
        Tell();
    }

    /// <summary>Looks at those that are over. Runs no code of the user's.</summary>
    public void Collect()
    {
        for (int at = 0; at < _entries.Count;)
        {
            Entry entry = _entries[at];
            if (entry.IsClean || !session.Io.IsDone(entry.Operation))
            {
                at++;
                continue;
            }

            bool isGood = entry.Outcome.IsFilled
                ? entry.Outcome.Result.Status != IoStatus.Error
                : !IsMarked(entry); // the session's work was ended meanwhile, and the outcome with it: the page tells
            if (isGood)
                _entries[at++] = entry with { IsClean = true };
            else
                _entries.RemoveAt(at);
            if (!isGood)
                Fail(entry);
            _outcomes.Push(entry.Outcome);
        }
    }

    /// <summary>Raises a notice for each failure that nobody has been told of.</summary>
    public void Tell()
    {
        while (_failures.TryDequeue(out (string Message, Exception? Cause) failure))
            session.Notices.Raise(FailureKind, failure.Message, failure.Cause);
    }

    private bool IsMarked(in Entry entry)
    {
        ref BufferDescriptor descriptor = ref session.Pool.Descriptor(entry.Frame);
        return descriptor.Word.Has(BufferWord.Dirty | BufferWord.IoError) && descriptor.Tag == entry.Tag;
    }

    private void Fail(in Entry entry)
    {
        Exception? cause = entry.Outcome.IsFilled ? session.FailureOf(entry.Outcome) : null;
        Fail(cause?.Message ?? $"Block {entry.Tag.Block} of {session.Pool.ForkOf(entry.Tag)} could not be written.",
            cause);
    }

    private void Fail(string message, Exception? cause)
    {
        session.Count(PoolEvent.WriteBackFailure);
        _failures.Enqueue((message, cause));
    }

    private readonly record struct Entry(
        int Frame,
        BufferTag Tag,
        IoWaitReference Operation,
        IoReturn Outcome,
        StrategyRing? Ring,
        int Place,
        bool IsClean);
}
