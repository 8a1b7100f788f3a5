using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Nothing is allocated per operation once the engine has warmed up.</summary>
public abstract partial class EngineSuite
{
    private const int MeasuredRounds = 200;
    private const int Windows = 4;

    [Fact]
    public void Operations_SteadyState_AllocateNothing()
    {
        using TestEngine engine = NewEngine(concurrency: 16);
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();

        long allocated = Allocated(() => session.Wait(engine.StartRead(session, 3, frame: 3, outcome)));

        Assert.Equal(0, allocated);
        AssertOk(outcome, FrameBytes);
    }

    [Fact]
    public void Batches_SteadyState_AllocateNothing()
    {
        using TestEngine engine = NewEngine(concurrency: 16);
        using IoSession session = engine.OpenSession();

        long allocated = Allocated(() =>
        {
            session.EnterBatch();
            for (int block = 0; block < 12; block++)
                engine.StartRead(session, block, frame: block);
            session.ExitBatch();
            session.WaitForAll();
        });

        Assert.Equal(0, allocated);
        Assert.Equal(12 * (Windows + 1) * MeasuredRounds, engine.Transfers.Completed);
    }

    [Fact]
    public void ForeignWaits_SteadyState_AllocateNothing()
    {
        using TestEngine engine = NewEngine(concurrency: 16);
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();

        long allocated = Allocated(() =>
        {
            session.EnterBatch();
            other.Wait(engine.StartRead(session, 1, frame: 1));
            session.ExitBatch();
            session.WaitForAll();
        });

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void WaitAsync_OverAlready_IsSynchronousAndAllocatesNothing()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        IoWaitReference reference = engine.StartRead(session, 0, frame: 0);
        engine.Engine.Wait(reference);
        int sleeps = 0;

        long allocated = Allocated(() =>
        {
            ValueTask<bool> wait = other.WaitAsync(reference);
            if (!wait.IsCompletedSuccessfully || wait.GetAwaiter().GetResult())
                sleeps++;
        });

        Assert.Equal(0, sleeps);
        Assert.Equal(0, allocated);
    }

    // What this thread allocates per window, once a first one has filled pools and lists: the least of several windows.
    // What
    // is allocated per operation is in every window; what a collection in the midst of one adds (the unused rest of the
    // thread's allocation context) is not.
    private static long Allocated(Action round)
    {
        long least = long.MaxValue;
        for (int window = 0; window <= Windows; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < MeasuredRounds; i++)
                round();
            if (window > 0)
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
