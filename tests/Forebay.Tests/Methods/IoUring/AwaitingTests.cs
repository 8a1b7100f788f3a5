using Forebay.Engine;
using Forebay.Handles;
using Forebay.Methods.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>Those who await have no thread that could drain; the reaper does it for them, and only then.</summary>
public class AwaitingTests
{
    [Fact]
    public async Task WaitAsync_NobodyHelps_TheReaperBringsIt()
    {
        using RingEngine engine = new(new IoUringOptions { Rings = 2 });
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        IoReturn outcome = new();
        IoWaitReference reference = engine.StartManual(session, file, 1, outcome);
        Task<bool> wait = session.WaitAsync(reference).AsTask();
        Assert.False(wait.IsCompleted);

        file.Complete(4);

        Assert.True(await wait.WaitAsync(Background.Limit));
        Assert.Equal(IoStatus.Ok, outcome.Result.Status);
        Assert.Equal(-1, engine.Test.Frame(1).IndexOfAnyExcept((byte)4));
    }

    /// <summary>The completion arrived before anybody awaited, so it signalled nobody.</summary>
    [Fact]
    public async Task WaitAsync_CompletionCameBefore_IsFound()
    {
        using RingEngine engine = new(new IoUringOptions { Rings = 1 });
        using IoSession session = engine.OpenSession();
        for (int round = 0; round < 500; round++)
        {
            using ManualFile file = new();
            IoWaitReference reference = engine.StartManual(session, file, 1);
            Task completing = Task.Run(() => file.Complete());
            await session.WaitAsync(reference).AsTask().WaitAsync(Background.Limit);
            await completing;
        }
    }

    /// <summary>
    /// A drainer leaves behind what came after its last look: nobody waits for it in the kernel, somebody awaits it.
    /// </summary>
    [Fact]
    public async Task WaitAsync_DrainerLeavesACompletionBehind_TheReaperIsTold()
    {
        ScriptedHoldPoints holds = new();
        using RingEngine engine = new(new IoUringOptions { Rings = 1 }, holdPoints: holds);
        using IoSession session = engine.OpenSession();
        using IoSession asynchronous = engine.OpenSession();
        using ManualFileSet files = new(2);
        using ManualResetEventSlim held = new();
        using ManualResetEventSlim release = new();
        IoWaitReference one = engine.StartManual(session, files[0], 1);
        IoWaitReference two = engine.StartManual(asynchronous, files[1], 2);
        holds[HoldPoint.BeforeCompletedShared] = (in handle, ref _) =>
        {
            if (handle.Index != one.Index)
                return;
            held.Set();
            release.Wait(Background.Limit);
        };
        files[0].Complete();
        Task drainer = Background.Run(() => engine.Test.Engine.Wait(one));
        Assert.True(held.Wait(Background.Limit));
        Task<bool> awaited = asynchronous.WaitAsync(two).AsTask();

        // The reaper looks at the ring now and cannot have it.
        files[1].Complete();
        release.Set();

        Background.Join(drainer);
        await awaited.WaitAsync(Background.Limit);
    }

    [Fact]
    public async Task WaitAsync_OverBudget_IsBroughtAlong()
    {
        using RingEngine engine = new(new IoUringOptions { Rings = 2, DeviceBudget = 1 });
        using IoSession busy = engine.OpenSession();
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        _ = engine.StartManual(busy, file, 1);
        IoWaitReference waiting = engine.Test.StartRead(session, 5, 5);
        Task<bool> wait = session.WaitAsync(waiting).AsTask();

        file.Complete();

        await wait.WaitAsync(Background.Limit);
        Assert.True(engine.Test.Holds(5, 5));
    }

    /// <summary>
    /// When nobody awaits any more the reaper switches itself off; the next await switches it on again.
    /// </summary>
    [Fact]
    public async Task EndAwait_Last_NotificationsEndAndBeginAgain()
    {
        using RingEngine engine = new(new IoUringOptions { Rings = 1 });
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        for (int round = 0; round < 20; round++)
        {
            Assert.False(engine.Method.IsNotifying);
            IoWaitReference awaited = engine.StartManual(session, file, 1);
            Task<bool> wait = session.WaitAsync(awaited).AsTask();
            Assert.True(engine.Method.IsNotifying);
            file.Complete();
            await wait.WaitAsync(Background.Limit);
            Assert.Equal(0, engine.Method.Read().Awaiting);

            // It notices with the next completion that wakes it.
            Background.Until(() =>
            {
                session.Wait(engine.Test.StartRead(session, 1, 1));
                return !engine.Method.IsNotifying;
            }, "the end of notifications");
        }
    }

    [Fact]
    public async Task WaitAsync_Cancelled_LeavesTheOperationToOthers()
    {
        using RingEngine engine = new(new IoUringOptions { Rings = 1 });
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        using CancellationTokenSource cancel = new();
        IoReturn outcome = new();
        IoWaitReference reference = engine.StartManual(session, file, 1, outcome);
        Task<bool> wait = session.WaitAsync(reference, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Background.Limit));
        Assert.False(outcome.IsFilled);
        Assert.Equal(0, engine.Method.Read().Awaiting);
        file.Complete(8);
        await session.WaitAsync(reference).AsTask().WaitAsync(Background.Limit);
        Assert.Equal(IoStatus.Ok, outcome.Result.Status);
    }

    /// <summary>
    /// Many flows that await, some of which give up, beside threads that block and threads that poll.
    /// </summary>
    [Theory]
    [InlineData(1, 1, 112)]
    [InlineData(2, 2, 3)]
    [InlineData(3, 2, 112)]
    public void WaitAsync_ManyTasksBesideThreads_AllComplete(int seed, int rings, int budget)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        const int Flows = 24;
        const int Rounds = 300;
        using RingEngine engine = new(
            new IoUringOptions { Rings = rings, DeviceBudget = budget }, sessions: Flows, concurrency: 4);
        Task[] flows = [.. Enumerable.Range(0, Flows).Select(n =>
            n % 4 == 0 ? Background.Run(() => Block(n)) : Task.Run(() => AwaitAsync(n)))];

        Background.Join(Task.WhenAll(flows));

        Assert.Equal(Flows * Rounds, engine.Test.Transfers.Completed);
        Assert.Equal(0, engine.Method.Read().Awaiting);

        void Block(int flow)
        {
            Random random = new(seed * 1000 + flow);
            using IoSession session = engine.OpenSession();
            for (int i = 0; i < Rounds; i++)
            {
                IoWaitReference reference = engine.Test.StartRead(session, random.Next(64), flow);
                if (random.Next(3) == 0)
                    Background.Until(() => session.IsDone(reference), "a poll");
                else
                    session.Wait(reference);
            }
        }

        async Task AwaitAsync(int flow)
        {
            Random random = new(seed * 1000 + flow);
            using IoSession session = engine.OpenSession();
            for (int i = 0; i < Rounds; i++)
            {
                int block = random.Next(64);
                IoWaitReference reference = engine.Test.StartRead(session, block, flow);
                if (random.Next(4) == 0)
                    await GiveUpAsync(session, reference);
                await session.WaitAsync(reference);
                Assert.True(engine.Test.Holds(flow, block));
            }
        }

        static async Task GiveUpAsync(IoSession session, IoWaitReference reference)
        {
            using CancellationTokenSource cancel = new();
            ValueTask<bool> wait = session.WaitAsync(reference, cancel.Token);
            await cancel.CancelAsync();
            try
            {
                await wait;
            }
            catch (OperationCanceledException)
            {
                Assert.True(cancel.IsCancellationRequested);
            }
        }
    }
}
