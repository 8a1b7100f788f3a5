using System.Runtime.InteropServices;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Methods.Worker;
using Forebay.Tests.Support;

namespace Forebay.Tests.Methods.Worker;

/// <summary>What a session sees: results, fallbacks, who executed what.</summary>
public sealed class WorkerMethodTests
{
    private static readonly WorkerOptions s_one = new() { MinWorkers = 1, MaxWorkers = 1 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Operations_EachKind_AreExecutedAlikeUnderSyncAndWorker(bool synchronous)
    {
        using WorkerFixture fixture = new(new WorkerOptions(), synchronous: synchronous);
        using IoSession session = fixture.Engine.OpenSession();
        IoReturn[] results = [new(), new(), new(), new(), new(), new()];

        fixture.Start(session, IoOperation.ReadVector, 10, [4, 9, 2, 7], results[0]);
        session.WaitForAll();
        fixture.Frame(30).Fill(0xA5);
        fixture.Start(session, IoOperation.WriteVector, 11, [30], results[1]);
        session.WaitForAll();
        fixture.Start(session, IoOperation.SyncData, 0, [], results[2]);
        fixture.Start(session, IoOperation.Sync, 0, [], results[3]);
        fixture.Start(session, IoOperation.ReadVector, WorkerFixture.BlockCount - 1, [40, 41], results[4]);
        fixture.StartRead(session, 0, 50, results[5], file: WorkerFixture.ForeignLease);
        session.WaitForAll();

        Assert.All([10, 11, 12, 13], block =>
            Assert.True(Words(fixture.Frame(new[] { 4, 9, 2, 7 }[block - 10])).IndexOfAnyExcept(block) < 0));
        Assert.Equal(0xA5, File.ReadAllBytes(fixture.Target.FilePath)[11 * WorkerFixture.FrameBytes]);
        Assert.Equal(
            [4 * WorkerFixture.FrameBytes, WorkerFixture.FrameBytes, 0, 0, WorkerFixture.FrameBytes, 0],
            results.Select(result => result.Result.Value));
        Assert.Equal((uint)Errno.BadDescriptor, results[5].Result.Detail);
        Assert.Equal(6, fixture.Target.Released);
    }

    [Fact]
    public void Submit_LocalMemory_GoesToAWorkerAllTheSame()
    {
        using WorkerFixture fixture = new(s_one);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        fixture.Start(session, IoOperation.ReadVector, 5, [5], number: 1, flags: IoHandleFlags.ReferencesLocal);
        fixture.Start(session, IoOperation.ReadVector, 6, [6], number: 2, flags: IoHandleFlags.Synchronous);
        session.WaitForAll();
        Assert.Equal("forebay-io-worker-0", fixture.Callback.ThreadOf(1)?.Name);
        Assert.Same(Thread.CurrentThread, fixture.Callback.ThreadOf(2));
    }

    [Fact]
    public void Submit_QueueFull_ExecutesTheRestInTheSubmitter()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(s_one, holdPoints: hold);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.Close();
        int operations = 1 + WorkerQueueLayout.Capacity + 5;
        fixture.StartRead(session, 0, 0, number: 0);
        Eventually.Equal(1, () => hold.Held);
        for (int i = 1; i < operations; i++)
            fixture.StartRead(session, i, i, number: i);

        Assert.Equal(WorkerQueueLayout.Capacity, fixture.Statistics.QueueDepth);
        Assert.Equal(5, fixture.Statistics.ExecutedFull);
        Assert.All(Enumerable.Range(operations - 5, 5), number =>
            Assert.Same(Thread.CurrentThread, fixture.Callback.ThreadOf(number)));
        Assert.Null(fixture.Callback.ThreadOf(operations - 6));

        hold.Open();
        session.WaitForAll();
        AssertEachOnce(fixture, 0, operations);
        AssertContents(fixture, operations);
        Assert.Equal(operations - 5, fixture.Statistics.ExecutedByWorkers);
    }

    [Fact]
    public void Submit_BatchThatFitsInPart_QueuesTheFirstAndExecutesTheLast()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(s_one, holdPoints: hold);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.Close();
        fixture.StartRead(session, 0, 0, number: 0);
        Eventually.Equal(1, () => hold.Held);
        for (int batch = 0; batch < 3; batch++)
        {
            session.EnterBatch();
            for (int i = 1 + (batch * 30); i <= (batch + 1) * 30; i++)
                fixture.StartRead(session, i, i, number: i);
            session.ExitBatch();
        }

        Assert.Equal(26, fixture.Statistics.ExecutedFull); // 64 of 90 found room, in order
        Assert.Equal(0, fixture.Callback.Count(64));
        Assert.Equal(1, fixture.Callback.Count(65));
        hold.Open();
        session.WaitForAll();
        AssertEachOnce(fixture, 0, 91);
        AssertContents(fixture, 91);
    }

    [Fact]
    public void Submit_LockContended_ExecutesInTheSubmitterWithoutWaiting()
    {
        using WorkerFixture fixture = new(s_one);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        fixture.Method.Queue.Lock.Enter();
        session.EnterBatch();
        for (int i = 0; i < 8; i++)
            fixture.StartRead(session, i, i, number: i);
        session.ExitBatch();
        for (int i = 0; i < 8; i++)
            Assert.Same(Thread.CurrentThread, fixture.Callback.ThreadOf(i));
        fixture.Method.Queue.Lock.Exit();

        session.WaitForAll();
        Assert.Equal(8, fixture.Statistics.ExecutedContended);
        Assert.Equal(0, fixture.Statistics.WakeUps);
        AssertContents(fixture, 8);
    }

    [Fact]
    public void Submit_NoWorkerCanBeStarted_ExecutesInTheSubmitterAndRecoversLater()
    {
        FakeTimeProvider clock = new();
        WorkerFixture? made = null;
        bool refuse = true;
        using WorkerFixture fixture = made = new(new WorkerOptions { MinWorkers = 2, MaxWorkers = 4 }, clock,
            startThread: (name, body) => Volatile.Read(ref refuse)
                ? throw new InsufficientMemoryException("no thread for " + name)
                : made!.StartThread(name, body));
        Eventually.Equal(TimeSpan.FromMilliseconds(100), () => clock.NextDue);
        using IoSession session = fixture.Engine.OpenSession();
        for (int i = 0; i < 40; i++)
            fixture.StartRead(session, i, i, number: i);
        session.WaitForAll();
        AssertEachOnce(fixture, 0, 40);
        Assert.Equal(40, fixture.Statistics.ExecutedNoWorker);
        Assert.Equal(1, fixture.Statistics.LaunchFailures);
        Assert.Equal("InsufficientMemoryException: no thread for forebay-io-worker-0", fixture.Statistics.LastError);

        Volatile.Write(ref refuse, false);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        fixture.WaitForIdle(2);
        fixture.StartRead(session, 40, 40, number: 40);
        session.WaitForAll();
        Assert.Equal("forebay-io-worker-0", fixture.Callback.ThreadOf(40)?.Name);
    }

    [Fact]
    public async Task WaitAsync_OperationHeldInAWorker_ResumesWithItsResult()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(s_one, holdPoints: hold);
        fixture.WaitForIdle(1);
        IoSession session = fixture.Engine.OpenSession();
        using IDisposable end = hold;
        hold.Close();
        IoReturn result = new();
        IoWaitReference reference = fixture.StartRead(session, 3, 3, result);
        ValueTask<bool> wait = session.WaitAsync(reference, TestContext.Current.CancellationToken);
        Assert.False(wait.IsCompleted);
        hold.Open();
        Assert.True(await wait);
        Assert.Equal(WorkerFixture.FrameBytes, result.Result.Value);
        session.Dispose();
    }

    [Fact]
    public void Reopen_NoLeaseOfThisProcess_OpensTheTargetInTheWorker()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(s_one, holdPoints: hold);
        fixture.ForgetLeases(hold);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        IoReturn result = new();
        fixture.StartRead(session, 21, 0, result, number: 1, file: WorkerFixture.ForeignLease);
        session.WaitForAll();
        Assert.Equal(WorkerFixture.FrameBytes, result.Result.Value);
        Assert.True(Words(fixture.Frame(0)).IndexOfAnyExcept(21) < 0);
        Assert.Equal((1, 1, 1), (fixture.Target.Reopened, fixture.Target.Leased, fixture.Target.Released));
    }

    [Fact]
    public void Reopen_FailsWithAnErrno_IsTheResult()
    {
        TestHold hold = new();
        using WorkerFixture fixture = new(s_one, holdPoints: hold);
        fixture.ForgetLeases(hold);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        int calls = 0;
        fixture.Target.OnReopen = () => ++calls == 1 ? -(int)Errno.Interrupted : -(int)Errno.AccessDenied;
        IoReturn result = new();
        fixture.StartRead(session, 1, 1, result, file: WorkerFixture.ForeignLease);
        session.WaitForAll();
        Assert.Equal((uint)Errno.AccessDenied, result.Result.Detail);
        Assert.Equal(2, calls); // the signal was no answer
        Assert.Equal(0, fixture.Statistics.Failed);
        Assert.Equal(0, fixture.Statistics.Died);
    }

    [Fact]
    public void SteadyState_OneOperationAfterTheOther_AllocatesNothingAnywhere()
    {
        using WorkerFixture fixture = new(s_one);
        fixture.WaitForIdle(1);
        using IoSession session = fixture.Engine.OpenSession();
        const int operations = 2000;
        IoReturn result = new();
        int[] byWorker = [];
        for (int window = 0; ; window++)
        {
            // The first window fills pools and lists. A collection counts what is left of every thread's allocation
            // buffer as allocated, so a window with one in it says nothing; any other is judged to the byte.
            Assert.InRange(window, 0, (CountingCallback.NumbersMax / operations) - 1);
            int first = window * operations;
            int collections = Collections();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = first; i < first + operations; i++)
                ReadOne(fixture, session, result, i);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (window == 0 || Collections() != collections)
                continue;
            Assert.Equal(0, allocated);
            byWorker = [.. Enumerable.Range(first, operations).Where(i => fixture.Callback.ThreadOf(i)?.Name is
                "forebay-io-worker-0")];
            break;
        }

        Assert.InRange(byWorker.Length, 2, operations);
        Assert.Equal(fixture.Callback.AllocatedAt(byWorker[0]), fixture.Callback.AllocatedAt(byWorker[^1]));
    }

    private static int Collections() => GC.CollectionCount(0) + GC.CollectionCount(1) + GC.CollectionCount(2);

    private static void ReadOne(WorkerFixture fixture, IoSession session, IoReturn result, int number)
    {
        Span<int> frames = [number % 16];
        IoWaitReference reference = fixture.Start(
            session, IoOperation.ReadVector, number % WorkerFixture.BlockCount, frames, result, number);
        session.Wait(reference);
    }

    private static Span<int> Words(Span<byte> frame) => MemoryMarshal.Cast<byte, int>(frame);

    private static void AssertEachOnce(WorkerFixture fixture, int first, int count) =>
        Assert.All(Enumerable.Range(first, count), number => Assert.Equal(1, fixture.Callback.Count(number)));

    private static void AssertContents(WorkerFixture fixture, int blocks)
    {
        for (int block = 0; block < blocks; block++)
            Assert.True(Words(fixture.Frame(block)).IndexOfAnyExcept(block) < 0, $"frame of block {block}");
    }
}
