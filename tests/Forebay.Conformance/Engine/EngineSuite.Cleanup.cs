using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>What a piece of work leaves behind, orderly or after an error; and files closed under staged I/O.</summary>
public abstract partial class EngineSuite
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void EndWork_HandleNotReleased_IsReportedOnceAndTheSessionGoesOn(bool batch, bool afterError)
    {
        using TestEngine engine = NewEngine(concurrency: 2);
        using IoSession session = engine.OpenSession();
        IoReturn dropped = new();
        if (batch)
            session.EnterBatch();
        int handle = TestEngine.Describe(session, dropped, [1], [TransferCallback.Id]);
        IoWaitReference published = session.Reference(handle);
        if (afterError)
            Assert.Throws<InvalidOperationException>(() => session.Acquire(null));

        IoLeftovers expected = IoLeftovers.Handle | (batch ? IoLeftovers.Batch : IoLeftovers.None);
        Assert.Equal(expected, session.EndWork());
        Assert.Equal(IoLeftovers.None, session.EndWork());

        // Who held a reference to it is not left waiting, and the outcome's object is free.
        engine.Engine.Wait(published);
        Assert.False(dropped.IsFilled);
        Assert.Throws<InvalidOperationException>(() => session.Release(handle));
        session.Wait(engine.StartRead(session, 4, 4, dropped));
        AssertOk(dropped, FrameBytes);
    }

    [Fact]
    public void EndWork_ReleasedInTime_FindsNothing()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();

        session.Release(session.Acquire(null));
        session.EnterBatch();
        session.ExitBatch();

        Assert.Equal(IoLeftovers.None, session.EndWork());
    }

    [Fact]
    public async Task Acquire_Twice_IsRefusedInBothFormsAndTheFirstStaysUsable()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int handle = TestEngine.Describe(session, outcome, [1], [TransferCallback.Id]);
        IoWaitReference reference = session.Reference(handle);

        Assert.Throws<InvalidOperationException>(() => session.Acquire(null));
        Assert.Throws<InvalidOperationException>(() => session.TryAcquire(null, out _));
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await session.AcquireAsync(null, TestContext.Current.CancellationToken));

        session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(direct: false), 0, FrameBytes);
        session.Wait(reference);
        AssertOk(outcome, FrameBytes);
        Assert.Equal(IoLeftovers.None, session.EndWork());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EndWork_BatchNotExited_IsReportedAndWhatItStagedIsSubmitted(bool awaited)
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        session.EnterBatch();
        IoReturn dropped = new();
        IoWaitReference first = engine.StartRead(session, 1, 1, dropped);
        IoWaitReference second = engine.StartRead(session, 2, 2);

        Assert.Equal(IoLeftovers.Batch, session.EndWork());
        Assert.Equal((0, false), (session.Staged, session.InBatch));

        if (awaited)
        {
            await other.WaitAsync(first).AsTask().WaitAsync(Background.Limit);
            await session.WaitForAllAsync().AsTask().WaitAsync(Background.Limit);
        }
        else
        {
            other.Wait(first);
            session.WaitForAll();
        }

        Assert.True(session.IsDone(second));
        Assert.True(engine.Holds(1, 1) && engine.Holds(2, 2));
        Assert.False(dropped.IsFilled);
        session.EnterBatch();
        session.ExitBatch();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_EverythingLeftOpen_RepairsWaitsAndFreesTheSlot(bool awaited)
    {
        using TestEngine engine = NewEngine(sessions: 1, concurrency: 4);
        IoSession session = engine.OpenSession();
        IoWaitReference flying = engine.StartRead(session, 1, 1);
        session.EnterBatch();
        IoWaitReference staged = engine.StartRead(session, 2, 2);
        TestEngine.Describe(session, new IoReturn(), [3], [TransferCallback.Id]);

        if (awaited)
            await session.DisposeAsync().AsTask().WaitAsync(Background.Limit);
        else
            session.Dispose();

        Assert.True(engine.Holds(1, 1) && engine.Holds(2, 2));
        Assert.True(engine.Engine.IsOver(flying) && engine.Engine.IsOver(staged));
        Assert.Equal(0, engine.Engine.OpenSessions);
        using IoSession next = engine.OpenSession();
        next.Wait(engine.StartRead(next, 3, 3));
        Assert.True(engine.Holds(3, 3));
    }

    [Fact]
    public async Task AcquireAsync_OneHandleInAll_WaitsForItEachTime()
    {
        using TestEngine engine = NewEngine(concurrency: 1, combineMax: 1);
        using IoSession session = engine.OpenSession();
        for (int block = 0; block < 40; block++)
        {
            int handle = await session.AcquireAsync(null).AsTask().WaitAsync(Background.Limit);
            session.SetTarget(handle, TestTarget.Id, default);
            session.SetFrames(handle, FrameArenas.Pool, [block]);
            session.AddCallback(handle, TransferCallback.Id);
            session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(direct: false),
                (long)block * FrameBytes, FrameBytes);
        }

        await session.WaitForAllAsync().AsTask().WaitAsync(Background.Limit);
        Assert.All(Enumerable.Range(0, 40), block => Assert.True(engine.Holds(block, block)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_StagedByAnOwnerThatDoesNothingMore_ComesThrough(bool awaited)
    {
        using TestEngine engine = NewEngine();
        using IoSession owner = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        owner.EnterBatch();
        IoReturn outcome = new();
        IoWaitReference reference = engine.StartRead(owner, 5, 5, outcome);

        if (awaited)
            await other.WaitAsync(reference).AsTask().WaitAsync(Background.Limit);
        else
            Background.Join(Background.Run(() => other.Wait(reference)));

        Assert.True(engine.Holds(5, 5));
        owner.ExitBatch();
        owner.Wait(reference);
        AssertOk(outcome, FrameBytes);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Wait_PublishedBeforeItWasStarted_WakesAtStagingOrRelease(bool awaited, bool released)
    {
        using TestEngine engine = NewEngine();
        using IoSession owner = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        owner.EnterBatch();
        int handle = TestEngine.Describe(owner, null, [6], [TransferCallback.Id]);
        IoWaitReference reference = owner.Reference(handle);

        Task waiting = awaited
            ? other.WaitAsync(reference).AsTask()
            : Background.Run(() => other.Wait(reference));
        engine.UntilWaiting(handle, 1);
        Assert.False(waiting.IsCompleted);
        if (released)
            owner.Release(handle);
        else
            owner.Start(handle, IoOperation.ReadVector, engine.Target.Lease(direct: false), 6 * FrameBytes, FrameBytes);

        // The owner does nothing more.
        await waiting.WaitAsync(Background.Limit);
        Assert.Equal(!released, engine.Holds(6, 6));
        owner.ExitBatch();
    }
}
