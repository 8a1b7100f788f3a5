using Forebay.Methods.Worker;
using Forebay.Tests.Support;

namespace Forebay.Tests.Methods.Worker;

/// <summary>The decisions alone: a clock that the test moves, readings that the test makes up.</summary>
public sealed class WorkerScalingTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new();
    private readonly WorkerScaling _scaling;
    private WorkerOptions _options = new() { MinWorkers = 2, MaxWorkers = 8 };
    private int _workers;
    private bool _growWanted;
    private bool _highestIsIdle;
    private long _idleSince;
    private long _ranDry;
    private long _died;
    private long _completed;

    public WorkerScalingTests() => _scaling = new WorkerScaling(_clock);

    [Fact]
    public void Decide_BelowTheMinimum_LaunchesAtOnceUntilItIsReached()
    {
        Assert.Equal(2, LaunchesNow());
        Assert.Equal(WorkerScalingAction.Wait, Decide().Action);
    }

    [Fact]
    public void Decide_MinimumAboveMaximum_StopsAtTheMaximum()
    {
        _options = new WorkerOptions { MinWorkers = 8, MaxWorkers = 3 };
        Assert.Equal(3, LaunchesNow());
    }

    [Fact]
    public void Decide_GrowthWantedAndNothingElse_LaunchesOnePerInterval()
    {
        LaunchesNow();
        _growWanted = true;
        for (int workers = 3; workers <= 8; workers++)
        {
            WorkerScalingDecision wait = Decide();
            Assert.Equal(WorkerScalingAction.Wait, wait.Action);
            Assert.True(wait.GrowthGated);
            Assert.Equal(s_interval, wait.Delay);
            _clock.Advance(s_interval - TimeSpan.FromTicks(1));
            Assert.Equal(0, LaunchesNow());
            _clock.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(1, LaunchesNow());
            Assert.Equal(workers, _workers);
        }

        _clock.Advance(s_interval);
        Assert.Equal(0, LaunchesNow());
        Assert.False(Decide().GrowthGated); // at the maximum nobody asks, so nobody is held back
    }

    [Fact]
    public void Decide_GrowthWantedLongAfterTheLastLaunch_LaunchesAtOnce()
    {
        LaunchesNow();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(Decide().GrowthGated);
        _growWanted = true;
        Assert.Equal(1, LaunchesNow());
    }

    [Fact]
    public void Decide_IntervalZero_GrowsToTheMaximumAtOnce()
    {
        _options = _options with { LaunchInterval = TimeSpan.Zero };
        _growWanted = true;
        Assert.Equal(8, LaunchesNow());
    }

    [Fact]
    public void Decide_OneMoreWorkerBroughtItsShare_KeepsItAndGoesOn()
    {
        GrowTo(4);
        Assert.Equal(1, AfterInterval(operations: 400)); // known: 400 per interval with four
        Assert.Equal(1, AfterInterval(operations: 500)); // five did 500: the fifth earns its place, a sixth comes
        Assert.Equal(6, _workers);
    }

    [Fact]
    public void Decide_OneMoreWorkerBroughtNothing_LetsItGoAndHoldsOffGrowing()
    {
        GrowTo(4);
        Assert.Equal(1, AfterInterval(operations: 400));
        Assert.Equal(5, _workers);

        // A quarter of its share would be 25 more; 20 more is not enough.
        Assert.Equal(-1, AfterInterval(operations: 420));
        Assert.Equal(4, _workers);
        TimeSpan holdOff = s_interval * WorkerScaling.HoldOffIntervals;
        WorkerScalingDecision wait = Decide();
        Assert.Equal(holdOff, wait.Delay);
        Assert.True(wait.GrowthGated);

        _clock.Advance(holdOff - s_interval);
        Assert.Equal(0, LaunchesNow());
        _clock.Advance(s_interval);
        Assert.Equal(1, LaunchesNow());
    }

    [Fact]
    public void Decide_OneMoreWorkerBroughtAQuarterOfItsShare_KeepsIt()
    {
        GrowTo(4);
        Assert.Equal(1, AfterInterval(operations: 400));
        Assert.Equal(1, AfterInterval(operations: 425));
    }

    [Fact]
    public void Decide_QueueRanDryDuringTheTrial_KeepsTheWorker()
    {
        GrowTo(4);
        Assert.Equal(1, AfterInterval(operations: 400));
        _growWanted = false;
        _ranDry++;
        Assert.Equal(0, AfterInterval(operations: 10));
        Assert.Equal(5, _workers);
    }

    [Fact]
    public void Decide_TooFewOperationsToJudge_KeepsTheWorker()
    {
        GrowTo(4);
        Assert.Equal(1, AfterInterval(operations: 400));
        Assert.Equal(1, AfterInterval(operations: WorkerScaling.SampleMin - 1));
        Assert.Equal(6, _workers);
    }

    [Fact]
    public void Decide_TrialEndsAtTheMaximum_IsJudgedAllTheSame()
    {
        _options = _options with { MaxWorkers = 5 };
        GrowTo(4);
        Assert.Equal(1, AfterInterval(operations: 400));
        Assert.Equal(s_interval, Decide().Delay);
        Assert.Equal(-1, AfterInterval(operations: 400));
        Assert.Equal(4, _workers);
    }

    [Fact]
    public void Decide_SettingsChangedDuringHoldOff_EndsIt()
    {
        GrowTo(4);
        AfterInterval(operations: 400);
        Assert.Equal(-1, AfterInterval(operations: 400));
        _options = _options with { MaxWorkers = 6 };
        Assert.Equal(0, LaunchesNow());
        _clock.Advance(s_interval);
        Assert.Equal(1, LaunchesNow());
    }

    [Fact]
    public void Decide_HighestIdleForTheTimeout_GoesOneAfterTheOther()
    {
        GrowTo(4);
        Rest();
        TimeSpan timeout = _options.IdleTimeout;
        for (int workers = 3; workers >= 2; workers--)
        {
            Decide();
            _clock.Advance(timeout - TimeSpan.FromTicks(1));
            Assert.Equal(WorkerScalingAction.Wait, Decide().Action);
            Assert.Equal(TimeSpan.FromTicks(1), Decide().Delay);
            _clock.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(WorkerScalingAction.DismissIdle, Decide().Action);
            _workers--;
            Assert.Equal(workers, _workers);
        }

        _clock.Advance(timeout * 10);
        Assert.Equal(Timeout.InfiniteTimeSpan, Decide().Delay);
    }

    [Fact]
    public void Decide_HighestWorkedMeanwhile_CountsFromItsLastSleep()
    {
        GrowTo(3);
        Rest();
        Decide();
        _clock.Advance(_options.IdleTimeout / 2);
        _idleSince = _clock.GetTimestamp();
        _clock.Advance(_options.IdleTimeout / 2);
        WorkerScalingDecision wait = Decide();
        Assert.Equal(WorkerScalingAction.Wait, wait.Action);
        Assert.Equal(_options.IdleTimeout / 2, wait.Delay);
    }

    [Fact]
    public void Decide_HighestBusyWithTimeoutZero_LooksAgainAfterTheReviewTime()
    {
        _options = _options with { IdleTimeout = TimeSpan.Zero };
        GrowTo(3);
        _growWanted = false;
        _clock.Advance(s_interval);
        Assert.Equal(WorkerScaling.ReviewMin, Decide().Delay);
        Rest();
        Assert.Equal(WorkerScalingAction.DismissIdle, Decide().Action);
    }

    [Fact]
    public void Decide_TimeoutInfinite_KeepsEverybody()
    {
        _options = _options with { IdleTimeout = Timeout.InfiniteTimeSpan };
        GrowTo(5);
        Rest();
        _clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(Timeout.InfiniteTimeSpan, Decide().Delay);
    }

    [Fact]
    public void Decide_MaximumLowered_DismissesWithoutWaiting()
    {
        GrowTo(6);
        _options = _options with { MaxWorkers = 3 };
        for (int workers = 5; workers >= 3; workers--)
        {
            Assert.Equal(WorkerScalingAction.Dismiss, Decide().Action);
            _workers--;
        }

        Assert.Equal(WorkerScalingAction.Wait, Decide().Action);
    }

    [Fact]
    public void Decide_WorkerAboveTheMinimumDied_ReplacesItAtOnce()
    {
        GrowTo(5);
        Rest();
        _workers--;
        _died++;
        Assert.Equal(1, LaunchesNow());
        Assert.Equal(5, _workers);
    }

    [Fact]
    public void Decide_WorkerDiedWhileThePoolIsTooLarge_IsNotReplaced()
    {
        GrowTo(5);
        Rest();
        _options = _options with { MaxWorkers = 4 };
        _workers--;
        _died++;
        Assert.Equal(0, LaunchesNow());
        _workers--; // leaves room again, and the death is forgotten
        Assert.Equal(0, LaunchesNow());
    }

    [Fact]
    public void Decide_LaunchRefused_TriesAgainLater()
    {
        WorkerPoolReading pool = Reading();
        Assert.Equal(WorkerScalingAction.Launch, _scaling.Decide(pool, _options).Action);
        _scaling.NoteLaunchRefused(_options);
        WorkerScalingDecision wait = Decide();
        Assert.Equal(WorkerScalingAction.Wait, wait.Action);
        Assert.Equal(WorkerScaling.RetryMin, wait.Delay);
        _clock.Advance(WorkerScaling.RetryMin);
        Assert.Equal(2, LaunchesNow());
    }

    private WorkerPoolReading Reading() => new()
    {
        Reserved = (1u << _workers) - 1,
        Workers = _workers,
        Highest = _workers - 1,
        HighestIsIdle = _highestIsIdle,
        HighestIdleSince = _idleSince,
        GrowWanted = _growWanted,
        RanDry = _ranDry,
        Died = _died,
        Completed = _completed,
    };

    private WorkerScalingDecision Decide() => _scaling.Decide(Reading(), _options);

    /// <summary>Does what is decided until the answer is to wait.</summary>
    private int LaunchesNow()
    {
        int before = _workers;
        for (WorkerScalingAction action; (action = Decide().Action) != WorkerScalingAction.Wait;)
        {
            if (action == WorkerScalingAction.Launch)
            {
                _scaling.NoteLaunched(Reading(), _options);
                _workers++;
            }
            else
            {
                _workers--;
            }
        }

        return _workers - before;
    }

    /// <summary>Grows under load of which too little completes to judge anybody.</summary>
    private void GrowTo(int workers)
    {
        LaunchesNow();
        _growWanted = true;
        while (_workers < workers)
            AfterInterval(operations: 0);
    }

    private int AfterInterval(int operations)
    {
        _clock.Advance(s_interval);
        _completed += operations;
        return LaunchesNow();
    }

    private void Rest()
    {
        _growWanted = false;
        _ranDry++;
        _highestIsIdle = true;
        _idleSince = _clock.GetTimestamp();
    }
}
