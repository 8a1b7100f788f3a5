using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Methods.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>Entries that the kernel does not take at once, and queues that are too small, lose nothing.</summary>
public class RefusedSubmissionTests
{
    [Theory]
    [InlineData((int)Errno.TryAgain)]
    [InlineData((int)Errno.Busy)]
    [InlineData((int)Errno.NoMemory)]
    [InlineData((int)Errno.Interrupted)]
    public void Submit_RefusedForAWhile_WaiterOffersAgain(int errno)
    {
        RefusingKernel kernel = new();
        using RingEngine engine = new(new IoUringOptions { Rings = 1 }, kernel, concurrency: 32);
        using IoSession session = engine.OpenSession();
        int left = 5;
        kernel.OnSubmit = _ => Interlocked.Decrement(ref left) >= 0 ? (Errno)errno : Errno.None;
        session.EnterBatch();
        for (int i = 0; i < 20; i++)
            engine.Test.StartRead(session, i, i);
        session.ExitBatch();

        session.WaitForAll();

        Assert.Equal(5, kernel.Refusals);
        Assert.All(Enumerable.Range(0, 20), i => Assert.True(engine.Test.Holds(i, i)));
        Assert.Equal(errno == (int)Errno.Interrupted ? 0 : 5, engine.Method.ReadRing(0).Refusals);
    }

    /// <summary>The submitter does not wait for the kernel's change of mind.</summary>
    [Fact]
    public void Submit_RefusedForEver_ReturnsAndTheOperationStays()
    {
        RefusingKernel kernel = new();
        using RingEngine engine = new(new IoUringOptions { Rings = 1 }, kernel);
        using IoSession session = engine.OpenSession();
        using IDisposable atEnd = kernel.AcceptAtEnd();
        kernel.OnSubmit = static _ => Errno.TryAgain;
        IoWaitReference reference = engine.Test.StartRead(session, 3, 3);
        Task waiter = Background.Run(() => engine.Test.Engine.Wait(reference));
        int seen = kernel.Refusals;
        Background.Until(() => kernel.Refusals > seen + 3, "a waiter that offers it again and again");
        Assert.False(waiter.IsCompleted);

        kernel.OnSubmit = null;

        Background.Join(waiter);
        Assert.True(engine.Test.Holds(3, 3));
    }

    /// <summary>
    /// The waiter sleeps in the kernel for something else when the refusal comes, and the submitter has gone: the
    /// waiter looks around now and then.
    /// </summary>
    [Fact]
    public void Submit_RefusedWhileTheCompleterSleeps_IsOfferedAgainByIt()
    {
        RefusingKernel kernel = new();
        using RingEngine engine = new(new IoUringOptions { Rings = 1 }, kernel);
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        using ManualFile file = new();
        IoWaitReference manual = engine.StartManual(session, file, 1);
        Task waiter = Background.Run(() => engine.Test.Engine.Wait(manual));
        engine.UntilAttended(0, 0);
        int left = 2;
        kernel.OnSubmit = _ => Interlocked.Decrement(ref left) >= 0 ? Errno.TryAgain : Errno.None;

        IoWaitReference refused = engine.Test.StartRead(other, 3, 3);

        engine.UntilOver(refused);
        Assert.False(waiter.IsCompleted);
        file.Complete();
        Background.Join(waiter);
    }

    [Fact]
    public async Task Submit_RefusedWhileSomebodyAwaits_ReaperOffersAgain()
    {
        RefusingKernel kernel = new();
        using RingEngine engine = new(new IoUringOptions { Rings = 1 }, kernel);
        using IoSession session = engine.OpenSession();
        int left = 8;
        kernel.OnSubmit = _ => Interlocked.Decrement(ref left) >= 0 ? Errno.TryAgain : Errno.None;
        IoWaitReference reference = engine.Test.StartRead(session, 3, 3);

        await session.WaitAsync(reference, CancellationToken.None).AsTask().WaitAsync(Background.Limit);

        Assert.True(engine.Test.Holds(3, 3));
        Assert.Equal(8, kernel.Refusals);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Submit_KernelTakesAFewAtATime_TheRestFollowsAtOnce(int acceptMax)
    {
        RefusingKernel kernel = new() { AcceptMax = acceptMax };
        using RingEngine engine = new(new IoUringOptions { Rings = 1 }, kernel, concurrency: 32);
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        for (int i = 0; i < 20; i++)
            engine.Test.StartRead(session, i, i);
        session.ExitBatch();

        Assert.Equal(20, engine.Method.ReadRing(0).Accepted);
        session.WaitForAll();
        Assert.All(Enumerable.Range(0, 20), i => Assert.True(engine.Test.Holds(i, i)));
    }

    /// <summary>
    /// The queue is full of what the kernel refuses: what does not fit waits with the rest that is over budget, and
    /// comes when the kernel takes entries again.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(4, 1)]
    public void Submit_QueueFullOfRefused_TheRestWaitsAndComes(int entries, int rings)
    {
        RefusingKernel kernel = new();
        using RingEngine engine = new(
            new IoUringOptions { Rings = rings, RingEntries = entries }, kernel, concurrency: 64);
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        using IDisposable atEnd = kernel.AcceptAtEnd();
        kernel.OnSubmit = static _ => Errno.TryAgain;
        session.EnterBatch();
        for (int i = 0; i < 20; i++)
            engine.Test.StartRead(session, i, i);
        session.ExitBatch();
        IoWaitReference foreign = engine.Test.StartRead(other, 30, 30);
        Assert.True(engine.Method.Read().Waiting > 20 - (entries * rings) - 1);
        Task waiter = Background.Run(() => engine.Test.Engine.Wait(foreign));
        int seen = kernel.Refusals;
        Background.Until(() => kernel.Refusals > seen + 3, "a waiter that offers again and again");

        kernel.OnSubmit = null;

        Background.Join(waiter);
        session.WaitForAll();
        Assert.All(Enumerable.Range(0, 20), i => Assert.True(engine.Test.Holds(i, i)));
        Assert.True(engine.Test.Holds(30, 30));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Queues_OfAFewEntries_CarryEverything(int entries)
    {
        IoUringOptions options = new() { Rings = 1, RingEntries = entries, CompletionEntries = entries };
        using RingEngine engine = new(options, concurrency: 64);
        using IoSession session = engine.OpenSession();
        for (int round = 0; round < 20; round++)
        {
            session.EnterBatch();
            for (int i = 0; i < 60; i++)
                engine.Test.StartRead(session, i, i);
            session.ExitBatch();
            session.WaitForAll();
        }

        Assert.All(Enumerable.Range(0, 60), i => Assert.True(engine.Test.Holds(i, i)));
        Assert.Equal(20 * 60, engine.Test.Transfers.Completed);
    }

    /// <summary>
    /// The upstream bug of a completion that was read after its slot had been given back: here the drainer is held
    /// between two completions that it took out together, while others fill their slots again.
    /// </summary>
    [Fact]
    public void Drain_SlotsAreReusedWhileItCompletes_ItsResultsAreCopies()
    {
        ScriptedHoldPoints holds = new();
        IoUringOptions options = new() { Rings = 1, RingEntries = 2, CompletionEntries = 2 };
        using RingEngine engine = new(options, concurrency: 64, holdPoints: holds);
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        using ManualResetEventSlim held = new();
        using ManualResetEventSlim release = new();
        int reached = 0;
        holds[HoldPoint.RawResult] = (in _, ref _) =>
        {
            if (Interlocked.Increment(ref reached) != 1)
                return;
            held.Set();
            release.Wait(Background.Limit);
        };
        session.EnterBatch();
        IoReturn[] outcomes = [new(), new()];
        for (int i = 0; i < 2; i++)
            engine.Test.StartRead(session, i, i, outcomes[i]);
        session.ExitBatch();
        Task drainer = Background.Run(() => session.WaitForAll());
        Assert.True(held.Wait(Background.Limit));

        // These read nothing, beyond the end of the file, so that a result from a reused slot would be a wrong one.
        IoReturn[] empty = [.. Enumerable.Range(0, 6).Select(static _ => new IoReturn())];
        for (int i = 0; i < empty.Length; i++)
            engine.Test.StartRead(other, TestEngine.FileFrames + i, 10 + i, empty[i]);
        release.Set();

        Background.Join(drainer);
        other.WaitForAll();
        Assert.All(outcomes, static outcome => Assert.Equal(IoStatus.Ok, outcome.Result.Status));
        Assert.All(empty, static outcome => Assert.Equal(IoStatus.Partial, outcome.Result.Status));
    }
}
