using Forebay.Interop.IoUring;

namespace Forebay;

/// <summary>What this machine says to one I/O method.</summary>
/// <param name="Method">The method.</param>
/// <param name="IsAvailable">Whether it can be used by this process.</param>
/// <param name="Reason">Why, or why not, for people.</param>
/// <param name="Hint">How to permit it; empty if it is permitted.</param>
/// <param name="Features">What was found by probing, by short names.</param>
public sealed record MethodAvailability(
    IoMethod Method, bool IsAvailable, string Reason, string Hint, IReadOnlyList<string> Features)
{
    /// <summary>Tries what each method needs, on small objects that are gone when it returns.</summary>
    public static IReadOnlyList<MethodAvailability> Probe()
    {
        RingProbe probe = RingProbe.Run();
        MethodAvailability ring = probe.Refusal is { } refusal
            ? new(IoMethod.IoUring, false, refusal.Reason, refusal.Hint, [])
            : new(IoMethod.IoUring, true, "The kernel permits it.", string.Empty, probe.FeatureNames);
        return
        [
            new(IoMethod.Sync, true, "Works everywhere.", string.Empty, []),
            new(IoMethod.Worker, true, "Works everywhere.", string.Empty, []),
            ring,
        ];
    }
}
