using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.Worker;
using Forebay.Tests.Support;

namespace Forebay.Tests.Methods.Worker;

/// <summary>One queue, workers of two processes.</summary>
public sealed class WorkerQueueProcessesTests : IDisposable
{
    private readonly SharedSegment _segment;
    private readonly IoHandleTable _handles;
    private readonly SegmentArray<WorkerQueueControl> _control;
    private readonly WorkerQueue _here;
    private readonly WorkerQueue _there;

    public WorkerQueueProcessesTests()
    {
        SegmentLayout layout = new();
        IoHandleTableLayout handles = new(layout, sessions: 1, perSession: 128, combineMax: 1);
        WorkerQueueLayout queue = new(layout);
        _segment = new SharedSegment(layout, hugePages: false);
        _handles = new IoHandleTable(_segment, handles);
        _control = _segment.Array(queue.Control);
        _here = new WorkerQueue(_segment, queue, _handles, new FakeTimeProvider(), processSlot: 0);
        _there = new WorkerQueue(_segment, queue, _handles, new FakeTimeProvider(), processSlot: 1);
        _here.SetMaxWorkers(1);
        _there.SetMaxWorkers(1);
        _here.Register(_here.Reserve());
        _there.Register(_there.Reserve());
    }

    public void Dispose() => _segment.Dispose();

    [Fact]
    public void Nudge_PickedWorkerDoesNotCome_AnotherProcessesIsRoused()
    {
        int first = _here.Next(0, dying: false, mayWake: false).Value;
        int second = _there.Next(1, dying: false, mayWake: false).Value;
        Assert.Equal(1, _here.Put([5]));
        Assert.True(_here.IsRoused(0, first));
        Assert.False(_there.IsRoused(1, second));

        _there.Nudge(); // by somebody who has waited; worker 0 does not run
        Assert.True(_there.IsRoused(1, second));
        WorkerTurn turn = _there.Next(1, dying: false, mayWake: false);
        Assert.Equal((WorkerTurnKind.Execute, 5), (turn.Kind, turn.Value));
        Assert.Equal(2, _handles[5].Executor);
    }

    [Fact]
    public void TakeOver_DiedBetweenTheRingAndItsName_TheOperationIsSaidToBeItsOwn()
    {
        ref IoHandle handle = ref _handles[5];
        Submit(ref handle);
        Assert.Equal(1, _here.Put([5]));
        Assert.Equal(WorkerTurnKind.Execute, _there.Next(1, dying: false, mayWake: false).Kind);
        handle.Executor = 0; // as before it wrote that

        Assert.True(_here.TryTakeOver(deadSlot: 1));

        Assert.Equal(2, handle.Executor); // so that who takes over finds it
        Assert.False(_here.IsQueued(5));
        Assert.Equal(1, _here.ReadPool().Workers);
    }

    [Fact]
    public void TakeOver_NothingTaken_WhatIsQueuedStaysNobodys()
    {
        Submit(ref _handles[5]);
        Assert.Equal(1, _there.Put([5]));

        Assert.True(_here.TryTakeOver(deadSlot: 1));

        Assert.Equal(0, _handles[5].Executor);
        Assert.True(_here.IsQueued(5));
    }

    [Fact]
    public void TakeOver_PartOfTheDead_IsStruckOutAlsoIfItIsDoneAgain()
    {
        _there.SetMaxWorkers(7);
        Assert.Equal(8, _control[0].MaxWorkers);
        Assert.True(_here.TryTakeOver(1));
        Assert.Equal(1, _control[0].MaxWorkers);
        Assert.True(_here.TryTakeOver(1));
        Assert.Equal(1, _control[0].MaxWorkers);
        _here.SetMaxWorkers(3);
        Assert.Equal(3, _control[0].MaxWorkers);
    }

    [Fact]
    public void Nudge_NothingQueued_RousesNobody()
    {
        int ticket = _there.Next(1, dying: false, mayWake: false).Value;
        _here.Nudge();
        Assert.False(_there.IsRoused(1, ticket));
    }

    [Fact]
    public void Dismiss_All_AreTheProcessesOwn()
    {
        _there.Dismiss(~0u);
        Assert.Equal(WorkerTurnKind.Leave, _there.Next(1, dying: false, mayWake: false).Kind);
        Assert.True(_there.IsDeserted());
        Assert.False(_here.IsDeserted());
        Assert.Equal(1, _here.ReadPool().Workers);
        Assert.Equal(0, _there.ReadPool().Workers);
        Assert.Equal(WorkerTurnKind.Sleep, _here.Next(0, dying: false, mayWake: false).Kind);
    }

    [Fact]
    public void ReadPool_AnExceptionElsewhere_IsNotOurLoss()
    {
        _there.Next(1, dying: true, mayWake: false);
        Assert.Equal(0, _here.ReadPool().Died);
        Assert.Equal(1, _there.ReadPool().Died);
    }

    private static void Submit(ref IoHandle handle)
    {
        handle.Transition(IoHandleState.Idle, IoHandleState.HandedOut);
        handle.Transition(IoHandleState.HandedOut, IoHandleState.Defined);
        handle.Transition(IoHandleState.Defined, IoHandleState.Staged);
        Assert.True(handle.TryClaim(handle.Word.Generation));
    }
}
