using System.Collections.Concurrent;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Methods.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>What is over budget waits for nobody in particular, keeps its order and is never forgotten.</summary>
public class BudgetTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 2)]
    [InlineData(3, 4)]
    public void Submit_HundredsOfOperationsBySmallBudget_AllComplete(int budget, int rings)
    {
        ScriptedHoldPoints holds = new();
        int inFlightMax = 0;
        using RingEngine engine = new(
            new IoUringOptions { DeviceBudget = budget, Rings = rings }, concurrency: 64, holdPoints: holds);
        holds[HoldPoint.RawResult] = (in _, ref _) =>
        {
            int now = engine.Device[0].InFlight;
            inFlightMax = Math.Max(inFlightMax, now);
        };
        Task[] threads = [.. Enumerable.Range(0, 4).Select(n => Background.Run(() =>
        {
            using IoSession session = engine.OpenSession();
            for (int round = 0; round < 10; round++)
            {
                session.EnterBatch();
                for (int i = 0; i < 48; i++)
                    engine.Test.StartRead(session, i, frame: n * 64 + i);
                session.ExitBatch();
                session.WaitForAll();
            }

            for (int i = 0; i < 48; i++)
                Assert.True(engine.Test.Holds(n * 64 + i, i));
        }))];

        Background.Join(Task.WhenAll(threads));

        Assert.InRange(inFlightMax, 0, budget);
        Assert.True(engine.Method.Read().Overflowed > 1000);
        Assert.Equal(0, engine.Method.Read().Waiting);
    }

    /// <summary>One at a time: the order of completion is that of submission.</summary>
    [Fact]
    public void Submit_BudgetOfOne_ServesInOrderOfSubmission()
    {
        ConcurrentQueue<long> order = new();
        ScriptedHoldPoints holds = new();
        holds[HoldPoint.RawResult] = (in handle, ref _) => order.Enqueue(handle.Offset / RingEngine.FrameBytes);
        using RingEngine engine = new(
            new IoUringOptions { DeviceBudget = 1, Rings = 2 }, concurrency: 64, holdPoints: holds);
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        using ManualFile file = new();
        IoWaitReference first = engine.StartManual(session, file, 0);
        session.EnterBatch();
        for (int block = 1; block < 30; block++)
            engine.Test.StartRead(session, block, block);
        session.ExitBatch();
        for (int block = 30; block < 40; block++)
            engine.Test.StartRead(other, block, block);
        Assert.Equal(39, engine.Method.Read().Waiting);

        file.Complete();
        session.Wait(first);
        other.WaitForAll();
        session.WaitForAll();

        Assert.Equal(Enumerable.Range(0, 40).Select(static block => (long)block), order);
    }

    /// <summary>No flush blocks: what is over budget is taken at once, and the submitter goes on.</summary>
    [Fact]
    public void Submit_OverBudget_ReturnsWhileNothingCompletes()
    {
        using RingEngine engine = new(new IoUringOptions { DeviceBudget = 2, Rings = 1 });
        using IoSession session = engine.OpenSession();
        using ManualFileSet files = new(6);
        foreach (ManualFile file in files)
            engine.StartManual(session, file, 1);

        Assert.Equal(2, engine.Method.Read().InFlight);
        Assert.Equal(4, engine.Method.Read().Waiting);
        foreach (ManualFile file in files)
            file.Complete();
        session.WaitForAll();
    }

    /// <summary>
    /// Nobody waits for what fills the budget; who waits for an operation over budget brings that as well.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Wait_OverBudgetAndNobodyElseWaits_DrainsWhatIsInTheWay(int rings)
    {
        using RingEngine engine = new(new IoUringOptions { DeviceBudget = 1, Rings = rings });
        using IoSession busy = engine.OpenSession();
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        IoWaitReference inTheWay = engine.StartManual(busy, file, 1);
        IoWaitReference waiting = engine.Test.StartRead(session, 5, 5);
        Task waiter = Background.Run(() => engine.Test.Engine.Wait(waiting));
        engine.UntilAttended(0, 0);

        file.Complete();

        Background.Join(waiter);
        Assert.True(engine.IsOver(inTheWay));
        Assert.True(engine.Test.Holds(5, 5));
    }

    /// <summary>
    /// The ring at which a waiter stands for an operation over budget runs empty, as its budget goes to another ring:
    /// the waiter has to move on to where something completes.
    /// </summary>
    [Fact]
    public void Wait_RingRunsEmptyBeforeItsTurn_WaiterMovesToAnother()
    {
        using RingEngine engine = new(new IoUringOptions { DeviceBudget = 2, Rings = 2 });
        using IoSession zero = engine.OpenSession();
        using IoSession one = engine.OpenSession();
        using ManualFileSet files = new(3);
        IoWaitReference inZero = engine.StartManual(zero, files[0], 1);
        IoWaitReference inOne = engine.StartManual(one, files[1], 2);
        IoWaitReference next = engine.StartManual(zero, files[2], 3);
        IoWaitReference last = engine.Test.StartRead(one, 4, 4);
        Assert.Equal(1, engine.Method.ReadRing(0).Accepted);
        Assert.Equal(1, engine.Method.ReadRing(1).Accepted);
        Task waitsForNext = Background.Run(() => engine.Test.Engine.Wait(next));
        engine.UntilAttended(0, 0);
        Task waitsForLast = Background.Run(() => engine.Test.Engine.Wait(last));
        engine.UntilAttended(1, 0);

        files[1].Complete();
        engine.UntilOver(inOne);
        engine.UntilListed(0, 1);
        files[0].Complete();
        Background.Join(waitsForLast);

        Assert.True(engine.IsOver(inZero));
        Assert.False(waitsForNext.IsCompleted);
        files[2].Complete();
        Background.Join(waitsForNext);
    }

    /// <summary>
    /// A waiter sleeps in the list of the ring to which its operation is tied; the drainer of that ring submits it
    /// there and leaves: the waiter brings it.
    /// </summary>
    [Fact]
    public void Wait_TiedToARingThatAnotherDrains_TakesOverWhenThatOneLeaves()
    {
        using RingEngine engine = new(new IoUringOptions { DeviceBudget = 1, Rings = 2 });
        using IoSession zero = engine.OpenSession();
        using IoSession one = engine.OpenSession();
        using ManualFileSet files = new(2);
        IoWaitReference first = engine.StartManual(zero, files[0], 1);
        IoWaitReference second = engine.StartManual(one, files[1], 2);
        Task drainer = Background.Run(() => engine.Test.Engine.Wait(first));
        engine.UntilAttended(0, 0);
        Task waiter = Background.Run(() => engine.Test.Engine.Wait(second));
        engine.UntilListed(0, 1);

        files[0].Complete();
        Background.Join(drainer);
        engine.UntilListed(0, 0);
        files[1].Complete();

        Background.Join(waiter);
        // The second was submitted by the drainer; if that thread has exited meanwhile, the waiter had to submit it
        // anew.
        IoUringRingReading ring = engine.Method.ReadRing(0);
        Assert.Equal(2, ring.Completed - ring.Requeued);
        Assert.Equal(0, engine.Method.ReadRing(1).Filled);
    }

    /// <summary>A poll makes progress on an operation over budget, whoever owns what is in the way.</summary>
    [Fact]
    public void IsOver_PolledOverBudget_BringsItAlong()
    {
        using RingEngine engine = new(new IoUringOptions { DeviceBudget = 1, Rings = 2 });
        using IoSession busy = engine.OpenSession();
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        _ = engine.StartManual(busy, file, 1);
        IoWaitReference waiting = engine.Test.StartRead(session, 5, 5);
        Assert.False(engine.Test.Engine.IsOver(waiting));

        file.Complete();

        Background.Until(() => engine.Test.Engine.IsOver(waiting), "a poll");
        Assert.True(engine.Test.Holds(5, 5));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(112)]
    public void Sessions_ManyMoreThanRings_AllAreServed(int budget)
    {
        const int Sessions = 64;
        using RingEngine engine = new(
            new IoUringOptions { DeviceBudget = budget, Rings = 2 }, sessions: Sessions, concurrency: 4);
        Task[] threads = [.. Enumerable.Range(0, Sessions).Select(n => Background.Run(() =>
        {
            using IoSession session = engine.OpenSession();
            IoReturn outcome = new();
            for (int i = 0; i < 60; i++)
            {
                IoWaitReference reference = engine.Test.Start(
                    session, outcome, IoOperation.ReadVector, (n + i) % TestEngine.FileFrames, [n],
                    direct: engine.Test.File.DirectDescriptor >= 0);
                session.Wait(reference);
                Assert.Equal(IoStatus.Ok, outcome.Result.Status);
            }
        }))];

        Background.Join(Task.WhenAll(threads));

        Assert.Equal(Sessions * 60, engine.Test.Transfers.Completed);
        Assert.Equal(2, engine.Method.RingCount);
    }
}
