using Forebay.Primitives;

namespace Forebay.Methods.Worker;

/// <summary>Settings of the method <c>worker</c>; all of them may change while it runs.</summary>
internal sealed record WorkerOptions
{
    /// <summary>Most workers of an instance: one bit each in the words that describe them.</summary>
    public const int WorkersLimit = 32;

    /// <summary>Workers that are always there (<c>io_min_workers</c>), 1 to 32.</summary>
    public int MinWorkers { get; init; } = 2;

    /// <summary>Most workers (<c>io_max_workers</c>), 1 to 32. It wins where it is below the minimum.</summary>
    public int MaxWorkers { get; init; } = Math.Min(8, 4 * Environment.ProcessorCount);

    /// <summary>
    /// How long the highest worker above the minimum stays without work (<c>io_worker_idle_timeout</c>);
    /// <see cref="Timeout.InfiniteTimeSpan"/> = for ever.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Shortest time from one launch to a launch for growth (<c>io_worker_launch_interval</c>).</summary>
    public TimeSpan LaunchInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The minimum that is kept: never above the maximum.</summary>
    internal int EffectiveMin => Math.Min(MinWorkers, MaxWorkers);

    /// <summary>Checks the ranges; a minimum above the maximum is none of its business.</summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names both.</exception>
    public void Validate()
    {
        string workers = $"1 to {WorkersLimit}";
        Setting.Check(MinWorkers is >= 1 and <= WorkersLimit, "io_min_workers", MinWorkers, workers);
        Setting.Check(MaxWorkers is >= 1 and <= WorkersLimit, "io_max_workers", MaxWorkers, workers);
        Setting.Check(IdleTimeout == Timeout.InfiniteTimeSpan || IsInRange(IdleTimeout),
            "io_worker_idle_timeout", IdleTimeout.TotalMilliseconds, $"0 to {int.MaxValue} ms, or -1 for ever");
        Setting.Check(IsInRange(LaunchInterval),
            "io_worker_launch_interval", LaunchInterval.TotalMilliseconds, $"0 to {int.MaxValue} ms");
    }

    private static bool IsInRange(TimeSpan time) =>
        time >= TimeSpan.Zero && time <= TimeSpan.FromMilliseconds(int.MaxValue);
}
