using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Methods.Worker;
using Forebay.Tests.Support;

namespace Forebay.Tests.Methods.Worker;

/// <summary>The threads: wake-ups, growth and shrinking, death and replacement, the end.</summary>
public sealed class WorkerPoolTests
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void Submit_OneOperationAtATime_WakesTheLowestWorkerAndNobodyElse()
    {
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 4, MaxWorkers = 4 });
        using IoSession session = fixture.Engine.OpenSession();
        for (int i = 0; i < 200; i++)
        {
            fixture.WaitForIdle(4);
            fixture.StartRead(session, i, i, number: i);
            session.WaitForAll();
        }

        fixture.WaitForIdle(4);
        Assert.Equal(["forebay-io-worker-0"], fixture.Callback.ThreadNames(0, 200));
        Assert.Equal((200, 0), (fixture.Statistics.WakeUps, fixture.Statistics.SpuriousWakeUps));
    }

    [Fact]
    public void Submit_WholeBatch_WakesOneWorker()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 8, MaxWorkers = 8 }, holdPoints: hold);
        fixture.WaitForIdle(8);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.Close();
        SubmitBatch(fixture, session, 32);

        // The one that was woken has no success to show yet, so it wakes nobody before it has executed something.
        Eventually.Equal(1, () => hold.Held);
        Assert.Equal((8, 7), (fixture.Statistics.Workers, fixture.Statistics.IdleWorkers));
        Assert.Equal(31, fixture.Statistics.QueueDepth);
        hold.Open();
        session.WaitForAll();
    }

    [Fact]
    public void WakeUps_BatchForAllWorkers_ReachEachWorkerOnce()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 8, MaxWorkers = 8 }, holdPoints: hold);
        fixture.WaitForIdle(8);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;

        // Each worker may execute one operation, and is held at its second: by then it has woken the next.
        int[] executed = new int[WorkerOptions.WorkersLimit];
        hold.Close((name, _) => ++executed[int.Parse(name["forebay-io-worker-".Length..])] > 1);
        SubmitBatch(fixture, session, 32);
        Eventually.Equal(8, () => hold.Held);
        Assert.Equal((8, 0), (fixture.Statistics.WakeUps, fixture.Statistics.SpuriousWakeUps));
        Assert.Equal(32 - 16, fixture.Statistics.QueueDepth);
        hold.Open();
        session.WaitForAll();
    }

    [Fact]
    public void Growth_QueueStaysDeeperThanThePool_AddsOneWorkerPerIntervalUpToTheMaximum()
    {
        FakeTimeProvider clock = new();
        TestHold hold = new();
        using WorkerFixture fixture = new(
            new WorkerOptions { MinWorkers = 1, MaxWorkers = 4 }, clock, hold);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.Close();
        fixture.StartRead(session, 0, 0);
        Eventually.Equal(1, () => hold.Held);
        for (int i = 1; i < 32; i++)
            fixture.StartRead(session, i, i);

        for (int workers = 2; workers <= 4; workers++)
        {
            // Armed for the end of the interval: the supervisor has decided, and not to launch yet.
            Eventually.Equal(s_interval * (workers - 1), () => clock.NextDue);
            Assert.Equal(workers - 1, fixture.Statistics.Started);
            clock.Advance(s_interval);
            Eventually.Equal((workers, workers), () => (fixture.Statistics.Workers, hold.Held));
        }

        Eventually.Holds(() => clock.NextDue > TimeSpan.FromSeconds(60), "only the idle timeout is left to wait for");
        clock.Advance(s_interval * 10);
        Assert.Equal(4, fixture.Statistics.Started);
        hold.Open();
        session.WaitForAll();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(int.MaxValue)] // growth then holds off for longer than a timer can be set
    public void Growth_OneMoreWorkerBringsNothing_LetsItGoAgain(int launchIntervalMs)
    {
        TimeSpan interval = TimeSpan.FromMilliseconds(launchIntervalMs);
        TimeSpan holdOff = interval * WorkerScaling.HoldOffIntervals;
        TimeSpan timerMax = TimeSpan.FromMilliseconds(int.MaxValue);
        FakeTimeProvider clock = new();
        TestHold hold = new();
        WorkerOptions options = new()
        {
            MinWorkers = 1, MaxWorkers = 4, LaunchInterval = interval, IdleTimeout = Timeout.InfiniteTimeSpan,
        };
        using WorkerFixture fixture = new(options, clock, hold);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.Close((_, number) => number >= 20);
        fixture.StartRead(session, 20, 20, number: 20);
        Eventually.Equal(1, () => hold.Held);
        fixture.StartRead(session, 21, 21, number: 21);
        fixture.StartRead(session, 22, 22, number: 22);
        Eventually.Equal(interval, () => clock.NextDue);
        clock.Advance(interval); // nothing was executed so far: the second comes without a trial
        Eventually.Equal(2, () => hold.Held);
        Eventually.Equal(interval * 2, () => clock.NextDue);

        SubmitBatch(fixture, session, 20, first: 100);
        SubmitBatch(fixture, session, 20, first: 120);
        hold.Close((_, number) => number >= 119);
        Eventually.Equal(2, () => hold.Held);
        clock.Advance(interval); // two workers did 22 in this interval; the third is on trial
        Eventually.Equal((3, 3), () => (fixture.Statistics.Workers, hold.Held));
        Eventually.Equal(interval * 3, () => clock.NextDue);

        SubmitBatch(fixture, session, 20, first: 140);
        hold.Close((_, number) => number >= 140);
        Eventually.Equal(3, () => hold.Held);
        clock.Advance(interval); // three did about as much: growth holds off
        Eventually.Equal((interval * 3) + (holdOff < timerMax ? holdOff : timerMax), () => clock.NextDue);
        hold.Open();
        session.WaitForAll();
        fixture.WaitForIdle(2);
        Assert.Equal(3, fixture.Statistics.Started);
    }

    [Fact]
    public void IdleTimeout_AboveTheMinimum_DismissesTheHighestOneAfterTheOther()
    {
        FakeTimeProvider clock = new();
        WorkerOptions grown = new() { MinWorkers = 4, MaxWorkers = 4 };
        using WorkerFixture fixture = new(grown, clock);
        fixture.WaitForIdle(4);
        Eventually.Equal(null, () => clock.NextDue); // at the minimum there is nothing to wait for
        fixture.Method.Options = grown with { MinWorkers = 2 };
        TimeSpan timeout = grown.IdleTimeout;
        for (int workers = 3; workers >= 2; workers--)
        {
            TimeSpan due = timeout * (4 - workers);
            Eventually.Equal(due, () => clock.NextDue);
            clock.Advance(due - clock.Elapsed);
            fixture.WaitForIdle(workers);
            Eventually.Equal(workers, () => fixture.Threads.Count(thread => thread.IsAlive));
        }

        Eventually.Equal(null, () => clock.NextDue);
        Assert.All(fixture.Threads.Take(2), thread => Assert.True(thread.IsAlive)); // the lowest ids stayed
    }

    [Fact]
    public void Options_ChangedWhileRunning_TakeEffectAtOnce()
    {
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 2, MaxWorkers = 8 }, new FakeTimeProvider());
        fixture.WaitForIdle(2);
        fixture.Method.Options = new WorkerOptions { MinWorkers = 5, MaxWorkers = 8 };
        fixture.WaitForIdle(5);
        fixture.Method.Options = new WorkerOptions { MinWorkers = 1, MaxWorkers = 2 };
        fixture.WaitForIdle(2);
        fixture.Method.Options = new WorkerOptions { MinWorkers = 32, MaxWorkers = 32 };
        fixture.WaitForIdle(32);
        fixture.Method.Options = new WorkerOptions { MinWorkers = 32, MaxWorkers = 1 };
        fixture.WaitForIdle(1);
        Assert.Throws<ArgumentException>(() => fixture.Method.Options = new WorkerOptions { MinWorkers = 0 });
        Assert.Equal(1, fixture.Method.Options.MaxWorkers);
    }

    [Fact]
    public void Workers_ThirtyTwo_AllExecuteAtTheSameTime()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 32, MaxWorkers = 32 }, holdPoints: hold);
        fixture.WaitForIdle(32);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.Close();
        for (int i = 0; i < 32; i++)
        {
            fixture.StartRead(session, i, i, number: i);
            Eventually.Equal(i + 1, () => hold.Held);
        }

        hold.Open();
        session.WaitForAll();
        Assert.Equal(
            Enumerable.Range(0, 32).Select(id => $"forebay-io-worker-{id}").Order(),
            fixture.Callback.ThreadNames(0, 32).Order());
    }

    [Theory]
    [InlineData(HoldPoint.BeforeSubmit, Errno.NoEntry)] // stands for an exception out of Reopen
    [InlineData(HoldPoint.BeforeExecute, Errno.InputOutput)]
    [InlineData(HoldPoint.RawResult, Errno.InputOutput)]
    public void Exception_InAWorker_FailsItsOperationOnceAndTheWorkerIsReplaced(HoldPoint point, object errno)
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 2, MaxWorkers = 2 }, holdPoints: hold);
        fixture.WaitForIdle(2);
        using IoSession session = fixture.Engine.OpenSession();
        int thrown = 0;
        bool reopens = point == HoldPoint.BeforeSubmit;
        if (reopens)
        {
            fixture.ForgetLeases(hold);
            fixture.Target.OnReopen = () => throw new InvalidOperationException("the tape is gone");
        }

        hold.OnReached = (at, _) =>
        {
            if (at == point && !reopens && thrown++ == 0)
                throw new InvalidOperationException("the tape is gone");
        };

        IoReturn result = new();
        fixture.StartRead(session, 1, 1, result, number: 1, file: reopens ? WorkerFixture.ForeignLease : null);
        session.WaitForAll();
        Assert.Equal((IoStatus.Error, (uint)(Errno)errno), (result.Result.Status, result.Result.Detail));
        Assert.Equal(1, fixture.Callback.Count(1));
        Assert.Equal(fixture.Target.Leased, fixture.Target.Released);
        Eventually.Equal(3, () => fixture.Statistics.Started);
        fixture.WaitForIdle(2);
        Assert.Equal((1, 1), (fixture.Statistics.Died, fixture.Statistics.Failed));
        Assert.Equal("InvalidOperationException: the tape is gone", fixture.Statistics.LastError);
        Eventually.Equal(1, () => fixture.Threads.Count(thread => !thread.IsAlive));

        hold.OnHandle = null;
        fixture.StartRead(session, 2, 2, result, number: 2);
        session.WaitForAll();
        Assert.Equal(IoStatus.Ok, result.Result.Status);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(32, 2)]
    [InlineData(0, 3)]
    [InlineData(0, 4)]
    public void Minimum_OfAnySize_IsReachedAndARandomWorkerThatDiesIsReplaced(int minimum, int seed)
    {
        Random random = new(seed);
        int workers = minimum > 0 ? minimum : random.Next(2, WorkerOptions.WorkersLimit);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {workers} workers");
        TestHold hold = new();
        WorkerOptions options = new()
        {
            MinWorkers = workers, MaxWorkers = 32, IdleTimeout = TimeSpan.Zero, LaunchInterval = TimeSpan.Zero,
        };
        using WorkerFixture fixture = new(options, holdPoints: hold);
        fixture.WaitForIdle(workers);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        int victim = random.Next(workers);
        string victimName = $"forebay-io-worker-{victim}";
        hold.OnReached = (point, _) =>
        {
            if (point == HoldPoint.BeforeExecute && Thread.CurrentThread.Name == victimName)
                throw new InvalidOperationException("killed");
        };

        // Idle workers are picked from the lowest up: with those below it held, the next operation is the victim's.
        hold.Close((name, _) => name != victimName);
        IoReturn result = new();
        for (int i = 0; i <= victim; i++)
        {
            fixture.StartRead(session, i, i, i == victim ? result : null, number: i);
            Eventually.Equal((Math.Min(i + 1, victim), i < victim ? 0 : 1), () => (hold.Held, fixture.Statistics.Died));
        }

        hold.Open();
        session.WaitForAll();
        Assert.Equal((uint)Errno.InputOutput, result.Result.Detail);
        Eventually.Equal(workers + 1, () => fixture.Statistics.Started);
        fixture.WaitForIdle(workers);
        Eventually.Equal(1, () => fixture.Threads.Count(thread => !thread.IsAlive));
        hold.OnReached = null;
        fixture.StartRead(session, 40, 40, result, number: 40);
        session.WaitForAll();
        Assert.Equal(IoStatus.Ok, result.Result.Status);
    }

    [Fact]
    public void Reopen_FailsForAWhile_IsAnErrorAndThenRecovers()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 2, MaxWorkers = 2 }, holdPoints: hold);
        fixture.ForgetLeases(hold);
        fixture.WaitForIdle(2);
        using IoSession session = fixture.Engine.OpenSession();
        IoReturn result = new();
        for (int round = 0; round < 3; round++)
        {
            fixture.Target.OnReopen = () => -(int)Errno.NoEntry;
            fixture.StartRead(session, 7, 0, result, file: WorkerFixture.ForeignLease);
            session.WaitForAll();
            Assert.Equal((IoStatus.Error, (uint)Errno.NoEntry), (result.Result.Status, result.Result.Detail));
            fixture.Target.OnReopen = null;
            fixture.StartRead(session, 7, 0, result, file: WorkerFixture.ForeignLease);
            session.WaitForAll();
            Assert.Equal((IoStatus.Ok, WorkerFixture.FrameBytes), (result.Result.Status, result.Result.Value));
        }

        // A target that says no is no accident of the worker: nobody died of it.
        Assert.Equal((0, 0, 2), (fixture.Statistics.Died, fixture.Statistics.Failed, fixture.Statistics.Started));
        Assert.Equal(fixture.Target.Leased, fixture.Target.Released);
    }

    [Fact]
    public void Exception_InTheOnlyWorker_LeavesNoQueuedOperationBehind()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 1, MaxWorkers = 1 }, holdPoints: hold);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.OnReached = (point, number) =>
        {
            if (point == HoldPoint.BeforeExecute && number % 3 == 0)
                throw new InvalidOperationException("every third");
        };
        hold.Close();
        for (int i = 0; i < 40; i++)
            fixture.StartRead(session, i, i, number: i);
        Eventually.Equal(1, () => hold.Held);
        hold.Open();
        session.WaitForAll();
        Assert.All(Enumerable.Range(0, 40), number => Assert.Equal(1, fixture.Callback.Count(number)));
        Assert.Equal(14, fixture.Statistics.Failed);
        fixture.WaitForIdle(1);
        Assert.Equal(40, fixture.Target.Released);
    }

    [Fact]
    public void Exception_InTheSubmitter_FailsTheOperationAndNothingGetsOut()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 1, MaxWorkers = 1 }, holdPoints: hold);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        hold.OnReached = (point, number) =>
        {
            if (point == HoldPoint.BeforeExecute && number == 1)
                throw new InvalidOperationException("not this one");
        };
        IoReturn[] results = [new(), new(), new()];
        fixture.Method.Queue.Lock.Enter();
        session.EnterBatch();
        for (int i = 0; i < 3; i++)
            fixture.StartRead(session, i, i, results[i], number: i);
        session.ExitBatch();
        fixture.Method.Queue.Lock.Exit();
        session.WaitForAll();
        Assert.Equal(
            [IoStatus.Ok, IoStatus.Error, IoStatus.Ok], results.Select(result => result.Result.Status));
        Assert.Equal((0, 1), (fixture.Statistics.Died, fixture.Statistics.Failed));
    }

    [Fact]
    public void Dispose_WithQueuedOperations_ExecutesThemAndEndsAllThreads()
    {
        TestHold hold = new();
        WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 3, MaxWorkers = 3 }, holdPoints: hold);
        fixture.WaitForIdle(3);
        IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.Close();
        for (int i = 0; i < 50; i++)
            fixture.StartRead(session, i, i, number: i);
        Eventually.Holds(() => hold.Held > 0, "a worker is held");

        Thread disposer = new(fixture.Method.Dispose);
        disposer.Start();
        hold.Open();
        disposer.Join();
        Assert.All(Enumerable.Range(0, 50), number => Assert.Equal(1, fixture.Callback.Count(number)));
        Assert.All(fixture.Threads, thread => Assert.False(thread.IsAlive));
        Assert.Equal((0, 0), (fixture.Statistics.Workers, fixture.Statistics.QueueDepth));

        // Who submits after the end is served all the same.
        fixture.StartRead(session, 50, 50, number: 50);
        session.WaitForAll();
        Assert.Same(Thread.CurrentThread, fixture.Callback.ThreadOf(50));
        Assert.Throws<ObjectDisposedException>(() => fixture.Method.Options = new WorkerOptions());
        session.Dispose();
        fixture.Dispose();
    }

    private static void SubmitBatch(WorkerFixture fixture, IoSession session, int operations, int first = 0)
    {
        session.EnterBatch();
        for (int i = first; i < first + operations; i++)
            fixture.StartRead(session, i, i, number: i);
        session.ExitBatch();
    }
}
