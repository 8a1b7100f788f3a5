using System.Globalization;

namespace Shared;

/// <summary>How much longer than usual tests with loops are to run: the environment variable FOREBAY_STRESS.</summary>
internal static class Stress
{
    /// <summary>What loop counts are multiplied by; 1 by default.</summary>
    public static int Factor { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("FOREBAY_STRESS"), NumberStyles.None, CultureInfo.InvariantCulture,
        out int factor) && factor > 0 ? factor : 1;

    /// <summary>
    /// Seed of this run's randomness: FOREBAY_SEED, or a new one. A test prints it, so that a failure can be repeated.
    /// </summary>
    public static int Seed { get; } = int.TryParse(
        Environment.GetEnvironmentVariable("FOREBAY_SEED"), NumberStyles.None, CultureInfo.InvariantCulture,
        out int seed) ? seed : Environment.TickCount & 0xFFFFFF;
}
