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

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range; the message names it.</exception>
    public void Validate()
    {
        CheckWorkers(MinWorkers, nameof(MinWorkers), "io_min_workers");
        CheckWorkers(MaxWorkers, nameof(MaxWorkers), "io_max_workers");
        if (IdleTimeout != Timeout.InfiniteTimeSpan)
            CheckTime(IdleTimeout, nameof(IdleTimeout), "io_worker_idle_timeout");
        CheckTime(LaunchInterval, nameof(LaunchInterval), "io_worker_launch_interval");
    }

    private static void CheckWorkers(int value, string name, string setting)
    {
        if (value is < 1 or > WorkersLimit)
            throw new ArgumentOutOfRangeException(name, value, $"{setting} goes from 1 to {WorkersLimit}.");
    }

    private static void CheckTime(TimeSpan value, string name, string setting)
    {
        if (value < TimeSpan.Zero || value.TotalMilliseconds > int.MaxValue)
            throw new ArgumentOutOfRangeException(name, value, $"{setting} goes from 0 to {int.MaxValue} ms.");
    }
}
