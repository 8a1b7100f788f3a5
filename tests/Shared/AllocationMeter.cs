using Forebay.Handles;

namespace Shared;

/// <summary>
/// What the threads that complete operations allocate, to the byte: each reads its own counter each time it completes
/// one. Counted from a thread's first completion in the window to its last; the thread that opened the window is left
/// out, it reads its own counter around the window.
/// </summary>
internal sealed class AllocationMeter
{
    private const int ThreadsMax = 4096;

    // By managed thread id; each entry only touched by its own thread inside a window.
    private readonly long[] _first = new long[ThreadsMax];
    private readonly long[] _last = new long[ThreadsMax];
    private int _opener;

    /// <summary>Opens a window; nothing is in flight.</summary>
    public void Start()
    {
        _opener = Environment.CurrentManagedThreadId;
        Array.Fill(_first, -1);
    }

    /// <summary>
    /// The hook, for the hold point before an operation is declared complete: by then whatever a thread has for its
    /// first operation alone (its thread-static storage) is there.
    /// </summary>
    public void Note(in IoHandleView handle, ref int rawResult)
    {
        int thread = Environment.CurrentManagedThreadId;
        if (thread == _opener)
            return;
        _last[thread] = GC.GetAllocatedBytesForCurrentThread();
        if (_first[thread] < 0)
            _first[thread] = _last[thread];
    }

    /// <summary>Closes the window; nothing is in flight any more.</summary>
    /// <returns>Bytes allocated by the completing threads.</returns>
    public long Stop()
    {
        long sum = 0;
        for (int thread = 0; thread < ThreadsMax; thread++)
            sum += _first[thread] < 0 ? 0 : _last[thread] - _first[thread];
        return sum;
    }
}
