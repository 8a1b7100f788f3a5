using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>The same without blocking a thread.</summary>
public abstract partial class EngineSuite
{
    [Fact]
    public async Task WaitAsync_OwnOperations_DeliversTheOutcomes()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        for (int block = 0; block < TestEngine.FileFrames; block++)
        {
            IoReturn outcome = new();
            IoWaitReference reference = engine.StartRead(session, block, frame: 0, outcome);

            await session.WaitAsync(reference).AsTask().WaitAsync(Background.Limit);

            AssertOk(outcome, FrameBytes);
            Assert.True(engine.Holds(0, block));
            Assert.False(await session.WaitAsync(reference));
        }
    }

    [Fact]
    public async Task WaitAsync_ManySessionsOnOneOperation_AllResume()
    {
        const int Sessions = 8;
        using TestEngine engine = NewEngine(sessions: 1 + Sessions);
        using IoSession owner = engine.OpenSession();
        IoSession[] others = [.. Enumerable.Range(0, Sessions).Select(_ => engine.OpenSession())];
        for (int round = 0; round < 100; round++)
        {
            IoWaitReference reference = engine.StartRead(owner, round % TestEngine.FileFrames, frame: 0);
            Task<bool>[] waits = [.. others.Select(other => other.WaitAsync(reference).AsTask())];
            await Task.WhenAll(waits).WaitAsync(Background.Limit);
            await owner.WaitAsync(reference).AsTask().WaitAsync(Background.Limit);
            Assert.True(engine.Holds(0, round % TestEngine.FileFrames));
        }

        foreach (IoSession other in others)
            other.Dispose();
    }

    [Fact]
    public async Task WaitAsync_CancelledWhileItSleeps_DetachesAndTheOperationGoesOn()
    {
        using TestEngine engine = NewEngine();
        using IoSession owner = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        using ManualResetEventSlim go = new();
        using CancellationTokenSource cancel = new();
        IoReturn outcome = new();
        _holdPoints[HoldPoint.BeforeSubmit] = (in _, ref _) => Assert.True(go.Wait(Background.Limit));
        Task<IoWaitReference> start = Background.Run(() => engine.StartRead(owner, 9, frame: 9, outcome));
        Background.Until(() => engine.StateOf(0) == IoHandleState.Submitted, "the owner is held while it submits");
        Task<bool> wait = other.WaitAsync(IoWaitReference.To(0, 0), cancel.Token).AsTask();
        engine.UntilWaiting(0, 1);

        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Background.Limit));
        Assert.Equal(0, engine.WaitersOf(0));
        Assert.Equal(IoHandleState.Submitted, engine.StateOf(0));
        go.Set();
        IoWaitReference reference = await start.WaitAsync(Background.Limit);
        await other.WaitAsync(reference).AsTask().WaitAsync(Background.Limit);
        owner.Wait(reference);
        AssertOk(outcome, FrameBytes);
    }

    [Fact]
    public async Task WaitAsync_CancelledBefore_SaysSoAndTouchesNothing()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        IoWaitReference reference = engine.StartRead(session, 0, frame: 0);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => session.WaitAsync(reference, new CancellationToken(canceled: true)).AsTask());

        Assert.Equal(1, session.InFlight);
        await session.WaitAsync(reference).AsTask().WaitAsync(Background.Limit);
    }

    [Fact]
    public void WaitAsync_Continuation_NeverRunsOnTheThreadThatCompletes()
    {
        using TestEngine engine = NewEngine();
        using IoSession owner = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        using ManualResetEventSlim go = new();
        Thread? completer = null; // threads, not their numbers: those of threads that have ended are given out again
        Thread? resumed = null;
        _holdPoints[HoldPoint.BeforeSubmit] = (in _, ref _) => Assert.True(go.Wait(Background.Limit));
        _holdPoints[HoldPoint.BeforeCompletedShared] = (in _, ref _) => completer = Thread.CurrentThread;
        Task start = Background.Run(() => engine.StartRead(owner, 9, frame: 9));
        Background.Until(() => engine.StateOf(0) == IoHandleState.Submitted, "the owner is held while it submits");
        Task waiting = Waiting();
        engine.UntilWaiting(0, 1);
        go.Set();

        Background.Join(start);
        Background.Join(waiting);

        Assert.NotNull(completer);
        Assert.NotSame(completer, resumed);

        async Task Waiting()
        {
            await other.WaitAsync(IoWaitReference.To(0, 0)).ConfigureAwait(false);
            resumed = Thread.CurrentThread;
        }
    }
}
