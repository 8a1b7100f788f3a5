using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.Worker;
using Forebay.Primitives;
using Forebay.Tests.Support;

namespace Forebay.Tests.Methods.Worker;

/// <summary>The queue alone, without threads: the test makes each party's next step itself.</summary>
public sealed class WorkerQueueTests : IDisposable
{
    private readonly SharedSegment _segment;
    private readonly WorkerQueueLayout _layout;
    private readonly IoHandleTable _handles;
    private readonly WorkerQueue _queue;

    public WorkerQueueTests()
    {
        SegmentLayout layout = new();
        IoHandleTableLayout handles = new(layout, sessions: 1, perSession: 128, combineMax: 1);
        _layout = new WorkerQueueLayout(layout);
        _segment = new SharedSegment(layout, hugePages: false);
        _handles = new IoHandleTable(_segment, handles);
        _queue = new WorkerQueue(_segment, _layout, _handles, new FakeTimeProvider());
        _queue.SetMaxWorkers(WorkerOptions.WorkersLimit);
    }

    public void Dispose() => _segment.Dispose();

    [Fact]
    public void Put_NoWorkerRuns_TakesNothing()
    {
        Assert.Equal(0, _queue.Reserve()); // an id alone is no worker: its thread may never start
        Assert.Equal(0, _queue.Put([1, 2, 3]));
        Assert.Equal(3, _queue.Statistics(null).ExecutedNoWorker);
    }

    [Fact]
    public void Put_PositionsWrapAround_KeepsTheOrderAndAllPlaces()
    {
        StartWorkers(1);
        ref WorkerQueueControl control = ref _segment.Array(_layout.Control)[0];
        control.Head = control.Tail = uint.MaxValue - 20;
        int[] handles = [.. Enumerable.Range(0, WorkerQueueLayout.Capacity + 1)];
        Assert.Equal(WorkerQueueLayout.Capacity, _queue.Put(handles));
        Assert.Equal(WorkerQueueLayout.Capacity, _queue.Statistics(null).QueueDepth);
        for (int i = 0; i < WorkerQueueLayout.Capacity; i++)
            Assert.Equal(i, TakeAndFinish(0));
        Assert.Equal(WorkerTurnKind.Sleep, _queue.Next(0, dying: false, mayWake: false).Kind);
    }

    [Fact]
    public void Next_TookAnOperation_NotesHandleAndGenerationUntilItIsOver()
    {
        StartWorkers(2);
        PutTwo(7, 8);
        _ = _queue.Next(0, dying: false, mayWake: false);
        _ = _queue.Next(1, dying: false, mayWake: false);
        SegmentArray<WorkerSlot> slots = _segment.Array(_layout.Slots);
        Assert.Equal((8, 9), (slots[0].Current, slots[1].Current));
        Assert.Equal(_handles[7].Word.Generation, slots[0].CurrentGeneration);
        Assert.Equal((1, 2), (_handles[7].Lane, _handles[8].Lane));
        _queue.Finish(0);
        Assert.Equal((0, 9), (slots[0].Current, slots[1].Current));

        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();
        _queue.Put([9]);
        Assert.StartsWith("I-83",
            Assert.Throws<InvariantException>(() => _queue.Next(1, false, false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Next_PickedWorkerWasDismissed_HandsItsWakeUpOn()
    {
        StartWorkers(2);
        int first = FallAsleep(0);
        int second = FallAsleep(1);
        _queue.Put([5]);
        Assert.True(_queue.IsRoused(0, first));
        Assert.False(_queue.IsRoused(1, second));
        _queue.Dismiss(0b01);
        Assert.Equal(WorkerTurnKind.Leave, _queue.Next(0, dying: false, mayWake: true).Kind);
        Assert.True(_queue.IsRoused(1, second));
        Assert.Equal(5, TakeAndFinish(1));
    }

    [Theory]
    [InlineData(0b10)] // gone
    [InlineData(0b01)] // leaving
    public void Put_IdleWorkerIsNotPresent_IsNoticed(uint idle)
    {
        StartWorkers(1);
        ref WorkerQueueControl control = ref _segment.Array(_layout.Control)[0];
        _queue.Dismiss(0b01);
        control.Idle = idle;
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();
        Assert.StartsWith("I-85",
            Assert.Throws<InvariantException>(() => _queue.Put([1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Next_LastWorkerIsToLeave_EmptiesTheQueueFirst()
    {
        StartWorkers(2);
        _queue.Put([1, 2, 3]);
        _queue.Dismiss(0b11);
        Assert.Equal(1, TakeAndFinish(0));
        Assert.Equal(2, TakeAndFinish(1));
        Assert.Equal(3, TakeAndFinish(0));
        Assert.Equal(WorkerTurnKind.Leave, _queue.Next(1, dying: false, mayWake: false).Kind);
        Assert.Equal(1, _queue.Put([4])); // one still runs
        Assert.Equal(4, TakeAndFinish(0));
        Assert.Equal(WorkerTurnKind.Leave, _queue.Next(0, dying: false, mayWake: false).Kind);
        Assert.Equal(0, _queue.Put([5]));
        Assert.True(_queue.IsDeserted());
    }

    [Fact]
    public void DismissIfIdle_WokenOrAsleepAnew_LeavesTheWorkerAlone()
    {
        StartWorkers(1);
        FallAsleep(0);
        WorkerPoolReading pool = _queue.ReadPool();
        Assert.True(pool.HighestIsIdle);
        _queue.DismissIfIdle(0, pool.HighestIdleSince - 1);
        Assert.Equal(1, _queue.ReadPool().Workers);
        _queue.Put([1]);
        _queue.DismissIfIdle(0, pool.HighestIdleSince);
        Assert.Equal(1, _queue.ReadPool().Workers);
        TakeAndFinish(0);
        FallAsleep(0);
        _queue.DismissIfIdle(0, pool.HighestIdleSince);
        Assert.Equal(0, _queue.ReadPool().Workers);
    }

    [Fact]
    public void GrowthSignal_WantedAgainAndAgain_IsSentOnceUntilTheSupervisorSleeps()
    {
        StartWorkers(1);
        int ticket = _queue.SupervisorTicket;
        _queue.Put([1, 2]);
        Assert.NotEqual(ticket, _queue.SupervisorTicket);
        Assert.True(_queue.ReadPool().GrowWanted);

        // Wanted, then run dry, then wanted again while nobody has looked: known already.
        ticket = _queue.SupervisorTicket;
        Drain(0);
        Assert.False(_queue.ReadPool().GrowWanted);
        PutTwo(3, 4);
        Assert.Equal(ticket, _queue.SupervisorTicket);

        // A supervisor that decided before that must decide again, unless it will look by itself.
        Assert.False(_queue.MaySleep(sawGrowWanted: false, growthGated: false));
        Assert.True(_queue.MaySleep(sawGrowWanted: false, growthGated: true));
        Drain(0);
        PutTwo(5, 6);
        Assert.Equal(ticket, _queue.SupervisorTicket);
        Assert.True(_queue.MaySleep(sawGrowWanted: true, growthGated: false));
        Drain(0);
        PutTwo(7, 8);
        Assert.NotEqual(ticket, _queue.SupervisorTicket);
    }

    [Fact]
    public void GrowthSignal_AtTheMaximum_IsNotSent()
    {
        _queue.SetMaxWorkers(1);
        StartWorkers(1);
        int ticket = _queue.SupervisorTicket;
        _queue.Put([1, 2, 3, 4]);
        Assert.False(_queue.ReadPool().GrowWanted);
        Assert.Equal(ticket, _queue.SupervisorTicket);
    }

    [Fact]
    public void Reserve_AllIds_AreTheLowestFreeOnesFirst()
    {
        for (int id = 0; id < WorkerOptions.WorkersLimit; id++)
            Assert.Equal(id, _queue.Reserve());
        Assert.Equal(-1, _queue.Reserve());
        _queue.Unreserve(17);
        _queue.Unreserve(3);
        Assert.Equal(3, _queue.Reserve());
        Assert.Equal(17, _queue.Reserve());
    }

    [Fact]
    public void Register_IdNotReserved_IsRefused()
    {
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();
        Assert.StartsWith("I-80",
            Assert.Throws<InvariantException>(() => _queue.Register(4)).Message, StringComparison.Ordinal);
    }

    private void StartWorkers(int count)
    {
        for (int i = 0; i < count; i++)
            _queue.Register(_queue.Reserve());
    }

    /// <summary>The first picks the idle worker, the second finds none idle.</summary>
    private void PutTwo(int first, int second)
    {
        _queue.Put([first]);
        _queue.Put([second]);
    }

    private int FallAsleep(int worker)
    {
        WorkerTurn turn = _queue.Next(worker, dying: false, mayWake: true);
        Assert.Equal(WorkerTurnKind.Sleep, turn.Kind);
        return turn.Value;
    }

    private int TakeAndFinish(int worker)
    {
        WorkerTurn turn = _queue.Next(worker, dying: false, mayWake: true);
        Assert.Equal(WorkerTurnKind.Execute, turn.Kind);
        _queue.Finish(worker);
        return turn.Value;
    }

    private void Drain(int worker)
    {
        while (_queue.Next(worker, dying: false, mayWake: false).Kind == WorkerTurnKind.Execute)
            _queue.Finish(worker);
    }
}
