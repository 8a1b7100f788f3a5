namespace Forebay.Memory;

/// <summary>How long locks are tried for before their waiters sleep in the kernel.</summary>
internal static class LockSpins
{
    /// <summary>Attempts; few, since the holder may be paused by a collection, or be another process.</summary>
    public const int Max = 40;
}
