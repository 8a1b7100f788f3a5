namespace Forebay.Tool.Scanning;

/// <summary>How many rows may still come out, for any number of threads.</summary>
/// <param name="limit">The most rows; null = all.</param>
internal sealed class RowQuota(long? limit)
{
    private long _taken;

    /// <summary>Whether there is a limit.</summary>
    public bool IsLimited => limit is not null;

    /// <summary>Whether nothing may come out any more.</summary>
    // Acquire: orders nothing but itself; a stale number makes a thread look at one more row.
    public bool IsSpent => limit is { } most && Volatile.Read(ref _taken) >= most;

    /// <summary>Takes the right to one row.</summary>
    // Full fence: each number is given out once, so that no more rows come out than there are.
    public bool TryTake() => limit is not { } most || Interlocked.Increment(ref _taken) <= most;
}
