using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Nothing is allocated per operation once the engine has warmed up.</summary>
public abstract partial class EngineSuite
{
    private const int MeasuredRounds = 200;
    private const int WindowsMax = 50;

    private readonly AllocationMeter _meter = new();
    private int _windows;

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
        Assert.Equal(12 * _windows * MeasuredRounds, engine.Transfers.Completed);
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

    // What this thread and those that execute operations for it allocate in one window, after a first one has filled
    // pools and lists. Both counters are exact, but for one thing: a collection gives the unused rest of every thread's
    // allocation buffer up, and counts it as allocated. So a window with a collection in it says nothing about us, and
    // another is measured; one without is judged to the byte. (The runtime's own profile-guided recompilation, which
    // allocates once on whatever thread first meets the new code, is switched off in the project file.)
    private long Allocated(Action round)
    {
        _holdPoints[HoldPoint.BeforeCompletedShared] = _meter.Note;
        for (int window = 0; window < WindowsMax; window++)
        {
            int collections = Collections();
            _meter.Start();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < MeasuredRounds; i++)
                round();
            long mine = GC.GetAllocatedBytesForCurrentThread() - before;
            long others = _meter.Stop();
            _windows++;
            if (window > 0 && Collections() == collections)
                return mine + others;
        }

        Assert.Fail($"There was a collection in each of {WindowsMax} windows.");
        return -1;
    }

    private static int Collections() => GC.CollectionCount(0) + GC.CollectionCount(1) + GC.CollectionCount(2);
}
