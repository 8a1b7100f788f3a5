using Forebay.Engine;
using Forebay.Handles;

namespace Forebay.Buffers;

/// <summary>
/// Writes dirty pages out in file order, neighbours in one operation, many operations in flight. Reused by its session.
/// </summary>
internal sealed class BufferFlush(BufferSession session)
{
    private readonly List<(BufferTag Tag, int Frame)> _dirty = [];
    private readonly int[] _run = new int[session.Io.Engine.Handles.CombineMax];
    private readonly Queue<(IoWaitReference Reference, IoReturn Outcome)> _inFlight = [];
    private readonly Stack<IoReturn> _outcomes = [];

    /// <summary>Writes every page that was dirty when the call began.</summary>
    /// <param name="fork">Any tag of the fork to flush; null = every fork.</param>
    /// <param name="inFlightMax">Operations in flight at a time.</param>
    /// <returns>Pages written.</returns>
    /// <exception cref="Storage.StorageException">A page could not be written; all others have been tried.</exception>
    public int Run(BufferTag? fork, int inFlightMax)
    {
        session.Pool.ListDirty(fork, _dirty);
        int written = 0;
        Exception? failure = null;
        for (int at = 0; at < _dirty.Count;)
        {
            int length = Gather(at);
            at += Math.Max(1, length);
            if (length == 0)
                continue;
            while (_inFlight.Count >= inFlightMax)
                failure = TakeOldest(failure);
            written += Start(length);
        }

        while (_inFlight.Count > 0)
            failure = TakeOldest(failure);
        return failure is null ? written : throw failure;
    }

    /// <summary>
    /// Pins and locks a run of consecutive dirty pages; the run ends before a page that would have to wait.
    /// </summary>
    private int Gather(int at)
    {
        BufferTag first = _dirty[at].Tag;
        int most = Math.Min(_run.Length, session.Pool.Storage.CombineMax(first.Block));
        int count = 0;
        while (count < most && at + count < _dirty.Count)
        {
            (BufferTag tag, int frame) = _dirty[at + count];
            if (!tag.IsSameFork(first) || tag.Block != first.Block + (uint)count
                || !TryTake(tag, frame, wait: count == 0))
                break;
            _run[count++] = frame;
        }

        return count;
    }

    private bool TryTake(in BufferTag tag, int frame, bool wait)
    {
        ref BufferDescriptor descriptor = ref session.Pool.Descriptor(frame);
        if (!descriptor.TryPin(tag, seldom: true, out BufferWord word))
            return false; // another page by now: then somebody has written the one that was meant
        bool locked = word.Has(BufferWord.Dirty) && descriptor.Content.TryEnter(ContentLockMode.ShareExclusive);
        if (!locked && wait && word.Has(BufferWord.Dirty))
        {
            session.Io.SubmitStaged();
            descriptor.Content.Enter(ContentLockMode.ShareExclusive);
            locked = true;
        }

        if (!locked)
            descriptor.Unpin();
        return locked;
    }

    private int Start(int length)
    {
        IoReturn outcome = _outcomes.TryPop(out IoReturn? used) ? used : new IoReturn();
        int handle = session.Io.Acquire(outcome);
        IoWaitReference reference = session.Io.Reference(handle);
        int started = session.StartWrite(handle, _run.AsSpan(0, length));
        for (int i = 0; i < length; i++)
            session.Pool.Descriptor(_run[i]).Unpin(); // the operation holds pins of its own
        if (started > 0)
            _inFlight.Enqueue((reference, outcome));
        return started;
    }

    private Exception? TakeOldest(Exception? failure)
    {
        (IoWaitReference reference, IoReturn outcome) = _inFlight.Dequeue();
        session.Io.Wait(reference);
        try
        {
            session.Report(outcome);
        }
        catch (IOException broken)
        {
            failure ??= broken;
        }

        _outcomes.Push(outcome);
        return failure;
    }
}
