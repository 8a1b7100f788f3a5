namespace Forebay.Tests.Support;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire inside <see cref="Advance"/>, on the test's thread,
/// each at its own time. <see cref="NextDue"/> tells a test what the code under test is waiting for.
/// </summary>
internal sealed class FakeTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<FakeTimer> _timers = [];
    private TimeSpan _elapsed;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
                return _elapsed;
        }
    }

    /// <summary>When the next timer fires, as time since the start; null = none is armed.</summary>
    public TimeSpan? NextDue
    {
        get
        {
            lock (_gate)
                return _timers.Min(timer => timer.Due);
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => Elapsed.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => s_start + Elapsed;

    /// <summary>Moves the clock; what is due fires in the order of its time.</summary>
    public void Advance(TimeSpan time)
    {
        TimeSpan end = Elapsed + time;
        while (true)
        {
            FakeTimer? first;
            lock (_gate)
            {
                first = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                TimeSpan reached = first?.Due ?? end;
                _elapsed = reached > _elapsed ? reached : _elapsed;
                first?.Rearm(_elapsed);
            }

            if (first is null)
                return;
            first.Fire();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        FakeTimer timer = new(this, callback, state);
        lock (_gate)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class FakeTimer(FakeTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public TimeSpan? Due { get; private set; }

        public void Fire() => callback(state);

        public void Rearm(TimeSpan now) =>
            Due = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? null : now + _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime.TotalMilliseconds > uint.MaxValue - 1)
                throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, "No timer of the system takes that.");
            lock (clock._gate)
            {
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._elapsed + dueTime;
            }

            // A timer that is due at once does not wait for the next move of the clock.
            if (dueTime == TimeSpan.Zero)
                clock.Advance(TimeSpan.Zero);
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
                clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
