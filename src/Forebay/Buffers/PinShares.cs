using Forebay.Memory;

namespace Forebay.Buffers;

/// <summary>
/// Divides a pool fairly among the sessions that are open, in whatever process, and one more: whoever opens next finds
/// frames too, although those before him keep what they have pinned by then.
/// </summary>
internal sealed class PinShares(SegmentArray<int> sessions, int frames)
{
    /// <summary>What each session may pin: its part of the pool, at least one page.</summary>
    public int PerSession => 
        Math.Max(1, frames / (Math.Max(0, Volatile.Read(ref sessions[0])) + 1)); // a budget, not a bound

    /// <summary>
    /// So many sessions are open: after a death, which may have come between a session and its being counted.
    /// </summary>
    public void Recount(int open) => Interlocked.Exchange(ref sessions[0], open); // atomic, as the next

    /// <summary>A session was opened or closed.</summary>
    public void Change(int by) => Interlocked.Add(ref sessions[0], by); // sessions open on any thread
}
