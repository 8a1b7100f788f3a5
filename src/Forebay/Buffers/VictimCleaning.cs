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
    /// <returns>Whether there is something to wait for; then the pin is taken over as well.</returns>
    public bool TryStart(int frame)
    {
        if (session.Io.TryAcquire(_outcome, out int handle))
        {
            IoWaitReference reference = session.Io.Reference(handle);
            if (session.StartWrite(handle, [frame]) == 0)
                return false;
            (_frame, _isWritten, Operation) = (frame + 1, true, reference);
            return true;
        }

        session.Pool.Descriptors.ExitContent(frame, ContentLockMode.ShareExclusive);
        (_frame, _isWritten, Operation) = (frame + 1, false, session.Io.Oldest);
        return true;
    }

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

    /// <summary>Lets the victim go; a write in flight ends by itself.</summary>
    public void Drop()
    {
        if (_isWritten && !_outcome.IsFilled)
            _outcome = new IoReturn(); // the old one belongs to the operation until it is over
        _isWritten = false;
        int frame = Take();
        if (frame >= 0)
            session.Pool.Descriptors.Unpin(frame);
    }
}
