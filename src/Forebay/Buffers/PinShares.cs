using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// Divides a pool fairly among the sessions that are open, in whatever process, and one more: whoever opens next finds
/// frames too, although those before him keep what they have pinned by then.
/// <code>
/// cell 0   low half: sessions of all processes; high half: how often it was made, so that nobody puts an older sum in
/// others   sessions of one process each, which alone writes it; once it is dead, who takes over from it
/// </code>
/// </summary>
internal sealed class PinShares(SegmentArray<long> cells, int frames, int processSlot = 0)
{
    /// <summary>Cells for so many processes.</summary>
    public static int LengthFor(int processes) => processes + 1;

    /// <summary>What each session may pin: its part of the pool, at least one page.</summary>
    public int PerSession =>
        Math.Max(1, frames / ((int)Volatile.Read(ref cells[0]) + 1)); // a budget, not a bound

    /// <summary>A session of this process was opened or closed; any thread.</summary>
    public void Change(int by)
    {
        Interlocked.Add(ref cells[processSlot + 1], by); // full fence: before the cells are added up
        DeathPoints.Reach(DeathPoint.ShareChanged);
        AddUp();
    }

    /// <summary>A process is dead, and its sessions are nobody's; may be done again.</summary>
    public void Forget(int deadSlot)
    {
        Interlocked.Exchange(ref cells[deadSlot + 1], 0); // full fence: as above
        AddUp();
    }

    // Whoever changes a cell adds up after that. If another one was faster, he may not have seen the change, and it is
    // done again: the last sum to be put in has them all.
    private void AddUp()
    {
        while (true)
        {
            long seen = Volatile.Read(ref cells[0]); // acquire: the cells are read after it
            long sum = 0;
            for (int cell = 1; cell < cells.Length; cell++)
                sum += Volatile.Read(ref cells[cell]); // acquire: before the exchange
            long next = (((seen >>> 32) + 1) << 32) | sum;

            // Full fence: it is the newest sum if nobody has put one in meanwhile.
            if (Interlocked.CompareExchange(ref cells[0], next, seen) == seen)
                return;
        }
    }
}
