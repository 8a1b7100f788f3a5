using Forebay.Primitives;

namespace Forebay.Callbacks;

/// <summary>
/// Remembers, per thread, which callback's hook is running. Hooks run in the middle of somebody else's wait or of
/// their own issuer's bookkeeping: one that issued I/O or waited there would deadlock sooner or later, so it is told
/// at once.
/// </summary>
internal static class HookGuard
{
    // Only ever touched by its own thread.
    [ThreadStatic]
    private static IoCallback? s_running;

    /// <summary>Ends the process if a hook is running on this thread. Costs one thread-local read.</summary>
    public static void CheckOutside()
    {
        if (s_running is { } callback)
            Invariant.Fail($"I-12: a hook of the I/O callback '{callback.Name}' issues I/O or waits");
    }

    /// <summary>A hook of the callback is about to run.</summary>
    public static void Enter(IoCallback callback) => s_running = callback;

    /// <summary>No hook runs any more.</summary>
    public static void Leave() => s_running = null;
}
