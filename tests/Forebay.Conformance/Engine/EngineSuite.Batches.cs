using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Staged together, submitted together, and never slept upon.</summary>
public abstract partial class EngineSuite
{
    [Fact]
    public void Batch_Exit_SubmitsWhatItStaged()
    {
        using TestEngine engine = NewEngine(concurrency: 16);
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        Assert.True(session.InBatch);
        for (int block = 0; block < 10; block++)
            engine.StartRead(session, block, frame: block);

        session.ExitBatch();

        Assert.False(session.InBatch);
        Assert.Equal(0, session.Staged);
        session.WaitForAll();
        Assert.All(Enumerable.Range(0, 10), block => Assert.True(engine.Holds(block, block)));
    }

    [Fact]
    public void Batch_AtItsLimit_SubmitsByItself()
    {
        using TestEngine engine = NewEngine(concurrency: 64);
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        int most = 0;
        for (int block = 0; block < 2 * IoEngineSettings.BatchMax; block++)
        {
            engine.StartRead(session, block % TestEngine.FileFrames, frame: block);
            most = Math.Max(most, session.Staged);
        }

        Assert.InRange(most, 0, IoEngineSettings.BatchMax - 1);
        Assert.Equal(0, session.Staged);
        Assert.True(session.InBatch);
        session.ExitBatch();
        session.WaitForAll();
        Assert.Equal(2 * IoEngineSettings.BatchMax, engine.Transfers.Completed);
    }

    [Fact]
    public void Wait_InsideABatch_SubmitsFirst()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        IoWaitReference first = engine.StartRead(session, 1, 1);
        IoWaitReference second = engine.StartRead(session, 2, 2);

        Background.Join(Background.Run(() => { session.Wait(second); }));

        Assert.Equal(0, session.Staged);
        Assert.True(session.InBatch);
        Assert.True(engine.Holds(2, 2));
        engine.Engine.Wait(first);
        Assert.True(engine.Holds(1, 1));
        session.ExitBatch();
    }

    [Fact]
    public async Task WaitAsync_InsideABatch_SubmitsFirst()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        IoWaitReference first = engine.StartRead(session, 1, 1);
        IoWaitReference second = engine.StartRead(session, 2, 2);

        await session.WaitAsync(second).AsTask().WaitAsync(Background.Limit);

        Assert.Equal(0, session.Staged);
        Assert.True(engine.Holds(2, 2));
        await session.WaitAsync(first).AsTask().WaitAsync(Background.Limit);
        Assert.True(engine.Holds(1, 1));
        session.ExitBatch();
    }

    [Fact]
    public void SubmitStaged_InsideABatch_LetsOthersComeThroughWhileTheIssuerBlocks()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        IoWaitReference reference = engine.StartRead(session, 1, 1);
        session.SubmitStaged();
        Assert.Equal(0, session.Staged);
        Assert.True(session.InBatch);

        Background.Join(Background.Run(() =>
        {
            using IoSession other = engine.OpenSession();
            other.Wait(reference);
        }));

        Assert.True(engine.Holds(1, 1));
        session.ExitBatch();
    }

    [Fact]
    public void Start_SynchronousInsideABatch_OvertakesWhatIsStaged()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        engine.StartRead(session, 1, 1);
        int staged = session.Staged;
        IoReturn outcome = new();

        IoWaitReference reference = engine.Start(
            session, outcome, IoOperation.ReadVector, 2, [2], IoHandleFlags.Synchronous);

        Assert.True(session.IsDone(reference));
        AssertOk(outcome, FrameBytes);
        Assert.Equal(staged, session.Staged);
        session.ExitBatch();
    }
}
