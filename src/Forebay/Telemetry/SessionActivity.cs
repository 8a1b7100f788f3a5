using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Forebay.Telemetry;

/// <summary>
/// What one session does, in the segment, on lines of its own. Only the session's flow writes it; anybody reads. The
/// wait is told by one word, so that it is whole:
/// <code>
/// bits 0..31  handle or frame     bits 32..55  generation of the handle, its low bits     bits 56..63  kind
/// </code>
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct SessionActivity
{
    private const int GenerationShift = 32;
    private const int KindShift = 56;
    private const long GenerationMask = (1L << (KindShift - GenerationShift)) - 1;

    private long _wait;
    private long _since;

    /// <summary>The system's number of the thread that last acquired a handle.</summary>
    public int Thread;

    /// <summary>The session is about to sleep.</summary>
    /// <param name="kind">What for.</param>
    /// <param name="subject">Which handle or frame.</param>
    /// <param name="generation">Use of the handle.</param>
    public void BeginWait(WaitKind kind, int subject, long generation = 0)
    {
        // Release, all of these: since when is never seen with the wait before, nor the wait before its time.
        Volatile.Write(ref _since, Stopwatch.GetTimestamp());
        Volatile.Write(ref _wait,
            ((long)kind << KindShift) | ((generation & GenerationMask) << GenerationShift) | (uint)subject);
    }

    /// <summary>It has got on.</summary>
    public void EndWait() => Volatile.Write(ref _wait, 0); // release: before the next wait's time is written

    /// <summary>Reads the wait as a whole.</summary>
    /// <returns>False if the session does not wait.</returns>
    public readonly bool TryReadWait(out WaitKind kind, out int subject, out long generation, out long since)
    {
        long word;
        do
        {
            word = Volatile.Read(in _wait); // acquire: the time is read after it
            since = Volatile.Read(in _since); // acquire: before the second look, so that it belongs to that wait
        }
        while (Volatile.Read(in _wait) != word); // acquire: nothing follows
        kind = (WaitKind)(word >>> KindShift);
        generation = (word >>> GenerationShift) & GenerationMask;
        subject = (int)word;
        return kind != WaitKind.None;
    }
}
