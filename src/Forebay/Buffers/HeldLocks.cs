namespace Forebay.Buffers;

/// <summary>
/// The content locks that one session holds: told apart by numbers that are never used again, so that giving one back
/// twice is harmless, and given back for it when its work ends. The locks of writes in flight are not among them.
/// </summary>
internal sealed class HeldLocks
{
    /// <summary>Most locks a session may hold: who needs more is on the way to a deadlock.</summary>
    public const int Max = 256;

    private Entry[] _entries = new Entry[8];
    private int _lastNumber;

    /// <summary>Locks held.</summary>
    public int Count { get; private set; }

    /// <summary>Notes a lock.</summary>
    /// <returns>Its number.</returns>
    public int Add(BufferPin pin, ContentLockMode mode)
    {
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Count * 2);
        _lastNumber = _lastNumber == int.MaxValue ? 1 : _lastNumber + 1;
        _entries[Count++] = new Entry(_lastNumber, pin, mode);
        return _lastNumber;
    }

    /// <summary>Whether the lock with a number is held.</summary>
    public bool Holds(int number) => IndexOf(number) >= 0;

    /// <summary>Strikes a lock out.</summary>
    /// <returns>False if it is not (or no longer) held.</returns>
    public bool TryRemove(int number, out BufferPin pin, out ContentLockMode mode)
    {
        int at = IndexOf(number);
        (pin, mode) = at < 0 ? default : (_entries[at].Pin, _entries[at].Mode);
        if (at >= 0)
            RemoveAt(at);
        return at >= 0;
    }

    /// <summary>Strikes the last lock of a mode out that was taken through a pin.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryRemove(BufferPin pin, ContentLockMode mode)
    {
        for (int at = Count - 1; at >= 0; at--)
        {
            if (_entries[at].Pin != pin || _entries[at].Mode != mode)
                continue;
            RemoveAt(at);
            return true;
        }

        return false;
    }

    /// <summary>Whether a lock was taken through the pin.</summary>
    public bool HasLockOf(BufferPin pin)
    {
        for (int at = 0; at < Count; at++)
        {
            if (_entries[at].Pin == pin)
                return true;
        }

        return false;
    }

    /// <summary>Whether the session has locked a frame, through whichever pin.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="forWriting">Count only locks that keep others from writing.</param>
    public bool HasLockOn(int frame, bool forWriting)
    {
        for (int at = Count - 1; at >= 0; at--)
        {
            if (_entries[at].Pin.Frame == frame && !(forWriting && _entries[at].Mode == ContentLockMode.Shared))
                return true;
        }

        return false;
    }

    /// <summary>Number of any lock still held, for cleaning up; 0 = none.</summary>
    public int Any => Count == 0 ? 0 : _entries[Count - 1].Number;

    private int IndexOf(int number)
    {
        int at = Count - 1;
        while (at >= 0 && _entries[at].Number != number)
            at--;
        return at;
    }

    private void RemoveAt(int at)
    {
        Count--;
        Array.Copy(_entries, at + 1, _entries, at, Count - at);
    }

    private readonly record struct Entry(int Number, BufferPin Pin, ContentLockMode Mode);
}
