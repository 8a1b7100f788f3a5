namespace Forebay.Methods.IoUring;

/// <summary>
/// How many rings hold entries that the kernel has refused for now. Nearly always zero, and then it costs everybody one
/// reading of a line that nobody writes.
/// </summary>
internal sealed class PendingRings
{
    private int _count;

    /// <summary>Whether there may be something to offer again.</summary>
    // Behind the full fence of the lock that whoever asks has given back.
    public bool Any => Volatile.Read(ref _count) != 0;

    /// <summary>A ring's number of such entries changes; under that ring's submission lock.</summary>
    public void Changed(int before, int after)
    {
        // Atomic: several rings. The lock that the caller gives back next is the fence for those who look afterwards.
        if (before == 0)
            Interlocked.Increment(ref _count);
        else if (after == 0)
            Interlocked.Decrement(ref _count);
    }
}
