using Forebay.Engine;
using Forebay.Handles;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>
/// The dirty victim that a session has written and waits for: the frame stays pinned meanwhile and is the first
/// candidate afterwards. One at a time, as a session is one flow.
/// </summary>
internal sealed class VictimCleaning(BufferSession session)
{
    private IoReturn _outcome = new();
    private int _frame; // plus one; 0 = none
    private bool _isWritten;

    /// <summary>What to wait for: the victim's write, or an operation whose end gives a handle for it.</summary>
    public IoWaitReference Operation { get; private set; }

    /// <summary>Starts to write a victim.</summary>
    /// <param name="frame">Pinned and locked share-exclusively by the caller; the lock is taken over.</param>
    /// <param name="ring">The ring that it is wanted for, or null.</param>
    /// <returns>Whether there is something to wait for; then the pin is taken over as well.</returns>
    public bool TryStart(int frame, StrategyRing? ring)
    {
        if (session.Io.TryAcquire(_outcome, out int handle))
        {
            IoWaitReference reference = session.Io.Reference(handle);
            if (session.StartWrite(handle, [frame], ring) == 0)
                return false;
            (_frame, _isWritten, Operation) = (frame + 1, true, reference);
            return true;
        }

        session.Pool.Descriptors.ExitContent(frame, ContentLockMode.ShareExclusive, session.Claims);
        (_frame, _isWritten, Operation) = (frame + 1, false, session.Io.Oldest);
        return true;
    }

    /// <summary>Something else is waited for that will give a frame: a write that was started before.</summary>
    public void Await(IoWaitReference operation) => Operation = operation;

    /// <summary>After the waiting: takes note of how the write ended.</summary>
    /// <exception cref="StorageException">It failed; the page is still dirty.</exception>
    public void Conclude()
    {
        if (!_isWritten)
            return;
        _isWritten = false;
        session.Report(_outcome);
    }

    /// <summary>Hands the victim over, with its pin; -1 = there is none.</summary>
    public int Take()
    {
        int frame = _frame - 1;
        _frame = 0;
        return frame;
    }

    /// <summary>Lets the victim go; a write in flight ends among the write-backs.</summary>
    public void Drop()
    {
        bool isUntold = _isWritten;
        _isWritten = false;
        int frame = Take();
        if (isUntold)
        {
            // The waiting was cancelled. How the write ends is looked at all the same.
            session.WriteBacks.Adopt(frame, Operation, _outcome);
            _outcome = new IoReturn();
        }

        if (frame >= 0)
            session.Pool.Descriptors.Let(frame, session.Claims);
    }
}
