using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Handles run out, come back, and change their generation.</summary>
public abstract partial class EngineSuite
{
    [Fact]
    public void Acquire_OneHandleInAll_WaitsForTheOldestEachTime()
    {
        using TestEngine engine = NewEngine(concurrency: 1, combineMax: 1);
        using IoSession session = engine.OpenSession();
        IoReturn[] outcomes = [.. Enumerable.Range(0, TestEngine.FileFrames).Select(static _ => new IoReturn())];

        for (int block = 0; block < outcomes.Length; block++)
            engine.StartRead(session, block, frame: block, outcomes[block]);
        session.WaitForAll();

        for (int block = 0; block < outcomes.Length; block++)
        {
            AssertOk(outcomes[block], FrameBytes);
            Assert.True(engine.Holds(block, block));
        }

        Assert.Equal(outcomes.Length, engine.Engine.Handles[0].Word.Generation);
    }

    [Fact]
    public void Acquire_InABatchLongerThanItsHandles_SubmitsAndGoesOn()
    {
        using TestEngine engine = NewEngine(concurrency: 4);
        using IoSession session = engine.OpenSession();
        session.EnterBatch();

        for (int block = 0; block < 30; block++)
            engine.StartRead(session, block, frame: block);
        session.ExitBatch();
        session.WaitForAll();

        Assert.All(Enumerable.Range(0, 30), block => Assert.True(engine.Holds(block, block)));
        Assert.Equal(30, engine.Transfers.Completed);
    }

    [Fact]
    public void Acquire_SeveralSessionsWithOneHandleEach_AllComeThrough()
    {
        const int Sessions = 4;
        using TestEngine engine = NewEngine(sessions: Sessions, concurrency: 1, combineMax: 1);
        Task[] threads = [.. Enumerable.Range(0, Sessions).Select(n => Background.Run(() =>
        {
            using IoSession session = engine.OpenSession();
            for (int i = 0; i < 500; i++)
            {
                int block = (i * 7 + n) % TestEngine.FileFrames;
                engine.StartRead(session, block, frame: n);
                session.WaitForAll();
                Assert.True(engine.Holds(n, block));
            }
        }))];

        Background.Join(Task.WhenAll(threads));

        Assert.Equal(Sessions * 500, engine.Transfers.Completed);
    }

    [Fact]
    public void Release_Unused_MovesTheGenerationAndTheHandleIsNextAgain()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int handle = session.Acquire(outcome);
        IoWaitReference reference = session.Reference(handle);

        session.Release(handle);

        Assert.True(session.IsDone(reference));
        Assert.False(outcome.IsFilled);
        Assert.Equal(handle, session.Acquire(null));
        Assert.Equal(reference with { Generation = reference.Generation + 1 }, session.Reference(handle));
        session.Release(handle);
        Assert.Equal(0, session.InFlight);
    }

    [Fact]
    public void Reclaim_ThroughAcquire_DeliversTheOutcomes()
    {
        using TestEngine engine = NewEngine(concurrency: 2);
        using IoSession session = engine.OpenSession();
        IoReturn first = new();
        IoReturn second = new();
        engine.StartRead(session, 0, 0, first);
        engine.StartRead(session, 1, 1, second);

        session.Release(session.Acquire(null));

        AssertOk(first, FrameBytes);
        session.WaitForAll();
        AssertOk(second, FrameBytes);
    }

    [Fact]
    public void Dispose_OperationsInFlight_WaitsForThem()
    {
        using TestEngine engine = NewEngine(concurrency: 16);
        IoSession session = engine.OpenSession();
        session.EnterBatch();
        for (int block = 0; block < 12; block++)
            engine.StartRead(session, block, frame: block);

        session.Dispose();

        Assert.All(Enumerable.Range(0, 12), block => Assert.True(engine.Holds(block, block)));
        Assert.Equal(0, engine.Engine.OpenSessions);
    }

    [Fact]
    public void OpenSession_SlotUsedBefore_OldReferencesAreOver()
    {
        using TestEngine engine = NewEngine(sessions: 1, concurrency: 2);
        IoSession first = engine.OpenSession();
        IoWaitReference old = engine.StartRead(first, 0, 0);
        first.Dispose();

        using IoSession second = engine.OpenSession();
        Assert.Equal(first.Slot, second.Slot);
        IoWaitReference current = engine.StartRead(second, 1, 1);

        Assert.Equal(old.Handle, current.Handle);
        Assert.True(engine.Engine.IsOver(old));
        Assert.False(second.Wait(old));
        second.Wait(current);
    }
}
