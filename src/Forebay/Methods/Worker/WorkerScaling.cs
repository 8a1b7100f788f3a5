namespace Forebay.Methods.Worker;

/// <summary>
/// Decides how many workers there are. Touches no thread, no lock and no clock but the one it is given: readings go
/// in, decisions come out. Used by one supervisor.
/// <list type="bullet">
/// <item>Above the maximum: the highest goes. Below the minimum, or one died: one comes, at once.</item>
/// <item>Growth is wanted: one comes, a launch interval after the last launch at the earliest.</item>
/// <item>
/// A launch for growth is on trial where the rate before it is known (the queue had not run dry at the old size for a
/// while). If an interval later the queue still has not run dry, and the rate has not risen by a quarter of what each
/// of the other workers brings, the new one goes again and growth holds off for fifty intervals: the device or the
/// processors are the limit, not the workers. A queue that ran dry meanwhile proves the worker useful.
/// </item>
/// <item>The highest above the minimum goes after the idle timeout; the next one's time starts then.</item>
/// </list>
/// </summary>
internal sealed class WorkerScaling
{
    /// <summary>What a new worker must bring, as a share of what each of the others brings.</summary>
    public const double GainShare = 0.25;

    /// <summary>How many launch intervals growth holds off after a worker that brought nothing.</summary>
    public const int HoldOffIntervals = 50;

    /// <summary>Fewest operations that make a rate; fewer say nothing.</summary>
    public const int SampleMin = 16;

    /// <summary>Shortest time that makes a rate.</summary>
    public static readonly TimeSpan WindowMin = TimeSpan.FromMilliseconds(10);

    /// <summary>Shortest time between two looks at a busy worker that may become idle.</summary>
    public static readonly TimeSpan ReviewMin = TimeSpan.FromMilliseconds(10);

    /// <summary>Shortest time between two launches of which the first was refused.</summary>
    public static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private WorkerOptions? _options;
    private int _workers;
    private long _died;
    private long _lost;
    private long _idleCountsFrom;
    private long _mayGrowAt;
    private long _mayLaunchAt;

    // The time at the present size during which the queue never ran dry.
    private long _windowStart;
    private long _windowCompleted;
    private long _windowRanDry;

    private bool _onTrial;
    private long _trialEnd;
    private double _rateBefore;

    /// <summary>A decider that knows of no worker yet.</summary>
    public WorkerScaling(TimeProvider time)
    {
        _time = time;
        _mayGrowAt = _mayLaunchAt = time.GetTimestamp();
    }

    /// <summary>Decides on a reading. After a launch the caller says how it went, then asks again.</summary>
    public WorkerScalingDecision Decide(in WorkerPoolReading pool, WorkerOptions options)
    {
        long now = _time.GetTimestamp();
        Observe(pool, options, now);
        if (pool.Workers > options.MaxWorkers)
            return Now(WorkerScalingAction.Dismiss);
        if (_onTrial && now >= _trialEnd)
        {
            _onTrial = false;
            double rate = Rate(pool, now);
            if (rate < _rateBefore * (1 + GainShare / (pool.Workers - 1)))
            {
                _mayGrowAt = After(now, options.LaunchInterval * HoldOffIntervals);
                return Now(WorkerScalingAction.Dismiss);
            }
        }

        bool missing = pool.Workers < options.EffectiveMin || _lost > 0;
        bool growing = pool.GrowWanted && pool.Workers < options.MaxWorkers && now >= _mayGrowAt;
        if ((missing || growing) && now >= _mayLaunchAt)
        {
            _rateBefore = missing ? double.NaN : Rate(pool, now);
            return Now(WorkerScalingAction.Launch);
        }

        return Rest(pool, options, now, missing);
    }

    /// <summary>The launch that was decided on the reading has succeeded.</summary>
    public void NoteLaunched(in WorkerPoolReading pool, WorkerOptions options)
    {
        long now = _time.GetTimestamp();
        _workers = pool.Workers + 1;
        _lost = Math.Max(0, _lost - 1);
        _idleCountsFrom = now;
        _trialEnd = After(now, options.LaunchInterval);
        _mayGrowAt = Math.Max(_mayGrowAt, _trialEnd);
        _onTrial = !double.IsNaN(_rateBefore);
        OpenWindow(pool, now);
    }

    /// <summary>The launch that was decided was refused by the system.</summary>
    public void NoteLaunchRefused(WorkerOptions options) =>
        _mayLaunchAt = After(_time.GetTimestamp(), Longer(options.LaunchInterval, RetryMin));

    private void Observe(in WorkerPoolReading pool, WorkerOptions options, long now)
    {
        _lost += pool.Died - _died;
        _died = pool.Died;
        if (pool.Workers >= options.MaxWorkers)
            _lost = 0;
        if (!ReferenceEquals(options, _options))
        {
            _options = options;
            _idleCountsFrom = now;
            _mayGrowAt = Math.Min(_mayGrowAt, After(now, options.LaunchInterval));
            _onTrial = false;
        }

        if (pool.Workers != _workers)
        {
            _workers = pool.Workers;
            _idleCountsFrom = now;
            OpenWindow(pool, now);
            _onTrial = false;
        }
        else if (pool.RanDry != _windowRanDry)
        {
            OpenWindow(pool, now);
            _onTrial = false;
        }
    }

    private WorkerScalingDecision Rest(in WorkerPoolReading pool, WorkerOptions options, long now, bool missing)
    {
        long next = long.MaxValue;
        long growAt = Math.Max(_mayGrowAt, _mayLaunchAt);
        bool gated = pool.Workers < options.MaxWorkers && now < growAt;
        if (gated)
            next = growAt;
        if (missing)
            next = Math.Min(next, _mayLaunchAt);
        if (_onTrial)
            next = Math.Min(next, _trialEnd);
        if (pool.Workers > options.EffectiveMin && options.IdleTimeout != Timeout.InfiniteTimeSpan)
        {
            long since = Math.Max(pool.HighestIdleSince, _idleCountsFrom);
            long leaveAt = pool.HighestIsIdle
                ? After(since, options.IdleTimeout)
                : After(now, Longer(options.IdleTimeout, ReviewMin));
            if (now >= leaveAt)
                return Now(WorkerScalingAction.DismissIdle);
            next = Math.Min(next, leaveAt);
        }

        TimeSpan delay = next == long.MaxValue ? Timeout.InfiniteTimeSpan : _time.GetElapsedTime(now, next);
        return new WorkerScalingDecision(WorkerScalingAction.Wait, delay, gated);
    }

    private void OpenWindow(in WorkerPoolReading pool, long now)
    {
        _windowStart = now;
        _windowCompleted = pool.Completed;
        _windowRanDry = pool.RanDry;
    }

    /// <summary>Operations per second in the window; NaN if too little happened to say.</summary>
    private double Rate(in WorkerPoolReading pool, long now)
    {
        TimeSpan elapsed = _time.GetElapsedTime(_windowStart, now);
        long completed = pool.Completed - _windowCompleted;
        return elapsed < WindowMin || completed < SampleMin ? double.NaN : completed / elapsed.TotalSeconds;
    }

    private long After(long timestamp, TimeSpan time) =>
        timestamp + (long)(time.TotalSeconds * _time.TimestampFrequency);

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static WorkerScalingDecision Now(WorkerScalingAction action) => new(action, TimeSpan.Zero, false);
}
