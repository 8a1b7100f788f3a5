using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Storage;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Storage;

/// <summary>
/// Files that are closed, cut and removed while operations use them. The method here moves nothing by itself, so a
/// closer that only sleeps, or a descriptor that is closed too early, shows every time.
/// </summary>
public sealed class InFlightTests
{
    [Fact]
    public void Unlink_OperationInFlight_HelpsItThrough()
    {
        using EngineFixture bench = NewBench();
        RelationFork fork = bench.NewRelation(1, 20);
        IoReturn result = new();
        IoWaitReference reference = StartRead(bench, bench.Session, fork, 3, 0, result);
        Assert.Single(MethodOf(bench).Held);

        bench.Storage.Unlink(fork);

        Assert.Empty(MethodOf(bench).Held);
        Assert.False(bench.Storage.Exists(fork));
        Assert.True(bench.Session.IsDone(reference));
        Assert.Equal(new IoResult(IoStatus.Ok, 1), result.Result);
        EngineFixture.AssertPage(bench.Frame(0), 1, 3);
    }

    [Fact]
    public void Unlink_OperationStagedInAnOpenBatch_SubmitsIt()
    {
        using EngineFixture bench = NewBench();
        RelationFork fork = bench.NewRelation(1, 20);
        bench.Session.EnterBatch();
        IoReturn result = new();
        IoWaitReference reference = StartRead(bench, bench.Session, fork, 3, 0, result);
        Assert.Empty(MethodOf(bench).Held);

        Background.Join(Background.Run(() => bench.Storage.Unlink(fork))); // not the session's own thread

        bench.Session.ExitBatch();
        Assert.True(bench.Session.IsDone(reference));
        Assert.Equal(IoStatus.Ok, result.Result.Status);
    }

    [Fact]
    public void Unlink_OperationThatDoesNotMove_WaitsWithTheFileOpen()
    {
        using EngineFixture bench = NewBench(open: false);
        using HeldMethod.OpenScope atEnd = MethodOf(bench).OpenAtEnd();
        RelationFork fork = bench.NewRelation(1, 20);
        IoReturn result = new();
        IoWaitReference reference = StartRead(bench, bench.Session, fork, 3, 0, result);
        int handle = MethodOf(bench).Held.Single();
        FileLease lease = bench.Engine.Handles[handle].File;

        Task unlink = Background.Run(() => bench.Storage.Unlink(fork));
        Background.Until(
            () => TakesNoLeases(bench, fork), "the file takes no new leases");

        Assert.False(unlink.IsCompleted);
        Assert.True(FileSystemCalls.Length(lease.Descriptor) > 0, "the leased descriptor was closed");
        Assert.True(File.Exists(fork.SegmentFullPath(0)));
        MethodOf(bench).Open();
        Background.Join(unlink);
        bench.Session.Wait(reference);
        EngineFixture.AssertPage(bench.Frame(0), 1, 3);
    }

    [Fact]
    public void StartRead_WhileUnlinkWaits_FindsNoFileAfterwards()
    {
        using EngineFixture bench = NewBench(open: false);
        using HeldMethod.OpenScope atEnd = MethodOf(bench).OpenAtEnd();
        RelationFork fork = bench.NewRelation(1, 20);
        IoReturn result = new();
        IoWaitReference reference = StartRead(bench, bench.Session, fork, 3, 0, result);
        Task unlink = Background.Run(() => bench.Storage.Unlink(fork));
        Background.Until(
            () => TakesNoLeases(bench, fork), "the file takes no new leases");
        IoSession other = bench.Engine.OpenSession();
        IoReturn second = new();
        Task late = Background.Run(() => other.Wait(StartRead(bench, other, fork, 3, 1, second)));

        MethodOf(bench).Open();
        Background.Join(Task.WhenAll(unlink, late));
        bench.Session.Wait(reference);

        Assert.Equal(IoStatus.Ok, result.Result.Status);
        Assert.Equal((uint)Errno.NoEntry, second.Result.Detail);
        other.Dispose();
    }

    [Fact]
    public void Truncate_WriteInFlightBehindTheCut_DoesNotBringPagesBack()
    {
        using EngineFixture bench = NewBench();
        RelationFork fork = bench.NewRelation(1, 10);
        int handle = bench.Session.Acquire(null);
        IoWaitReference reference = bench.Session.Reference(handle);
        bench.Storage.StartWrite(bench.Session, handle, fork, 8, FrameArenas.Pool, [0, 1]);
        Assert.Single(MethodOf(bench).Held);

        bench.Storage.Truncate(fork, 4);
        bench.Session.Wait(reference);

        Assert.Equal(4u, bench.Storage.GetBlockCount(fork));
        Assert.Equal(4 * 8192, new FileInfo(fork.SegmentFullPath(0)).Length);
    }

    [Fact]
    public void Truncate_BeforeAReadRuns_TheReadIsShort()
    {
        using EngineFixture bench = NewBench();
        RelationFork fork = bench.NewRelation(1, 10);
        using StorageManager other = bench.OpenStorage(EngineFixture.SmallSegments);
        IoReturn result = new();
        IoWaitReference reference = StartRead(bench, bench.Session, fork, 2, 0, result, count: 4);

        other.Truncate(other.Relation(fork.Locator, ForkNumber.Main), 4); // another process knows of no operation here
        bench.Session.Wait(reference);

        Assert.Equal(new IoResult(IoStatus.Partial, 2, 1), result.Result);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sync_WhileItsFileIsSyncedAndClosedToMakeRoom_HearsThatThisFailed(bool throughHandle)
    {
        // The next descriptor of the file is told nothing of a failure before it was opened.
        TestFaults faults = new();
        using EngineFixture bench = new(
            EngineFixture.SmallSegments with { OpenFilesMax = 1, Faults = faults },
            services => new HeldMethod(services));
        RelationFork other = bench.NewRelation(2, 1);
        bench.Storage.Sync(other);
        RelationFork written = bench.NewRelation(1, 1);
        bench.Storage.Sync(written);
        bench.Storage.Write(written, 0, new byte[8192]);
        using ManualResetEventSlim evicting = new();
        using ManualResetEventSlim go = new();
        int syncs = 0;
        faults.Rule = (call, _, result) =>
        {
            if (call != StorageCall.Sync || Interlocked.Increment(ref syncs) > 1)
                return result;
            evicting.Set();
            go.Wait(Background.Limit);
            return -(int)Errno.InputOutput;
        };
        Task evictor = Background.Run(() => bench.Storage.Read(other, 0, new byte[8192]));
        Assert.True(evicting.Wait(Background.Limit));
        IoReturn result = new();
        Task<Exception?> sync = Background.Run(() => Record.Exception(() =>
        {
            if (!throughHandle)
            {
                bench.Storage.Sync(written);
                return;
            }

            using IoSession session = bench.Engine.OpenSession();
            int handle = session.Acquire(result);
            IoWaitReference reference = session.Reference(handle);
            bench.Storage.StartSync(session, handle, written, 0, dataOnly: true);
            session.Wait(reference);
            if (result.Result.Status == IoStatus.Error)
                throw bench.Report(result);
        }));
        Background.Until(() => bench.Storage.Files.WaitersOf(new FileLease(0, 0)) > 0, "the syncer waits for the slot");

        go.Set();

        Background.Join(evictor);
        StorageException failure = Assert.IsType<StorageException>(Background.Join(sync));
        Assert.Equal((int)Errno.InputOutput, failure.Errno);
    }

    [Fact]
    public void StartRead_AllSlotsLeasedByStagedOperations_SubmitsOneToMakeRoom()
    {
        using EngineFixture bench = NewBench(openFilesMax: 2);
        RelationFork[] forks = [.. Enumerable.Range(1, 6).Select(n => bench.NewRelation((uint)n, 1))];
        IoReturn[] results = [.. forks.Select(_ => new IoReturn())];
        bench.Session.EnterBatch();

        for (int i = 0; i < forks.Length; i++)
            StartRead(bench, bench.Session, forks[i], 0, i, results[i]);

        bench.Session.ExitBatch();
        bench.Session.WaitForAll();
        for (int i = 0; i < forks.Length; i++)
        {
            Assert.Equal(new IoResult(IoStatus.Ok, 1), results[i].Result);
            EngineFixture.AssertPage(bench.Frame(i), (uint)i + 1, 0);
        }

        Assert.Equal(2, bench.Storage.Files.InUse);
    }

    [Fact]
    public void StartRead_OneSlotForManySessions_AllComeThrough()
    {
        using EngineFixture bench = NewBench(openFilesMax: 1);
        RelationFork[] forks = [.. Enumerable.Range(1, 4).Select(n => bench.NewRelation((uint)n, 16))];
        Task[] tasks = [.. Enumerable.Range(0, 4).Select(thread => Background.Run(() =>
        {
            using IoSession session = bench.Engine.OpenSession();
            IoReturn result = new();
            for (int i = 0; i < 200; i++)
            {
                RelationFork fork = forks[(thread + i) % forks.Length];
                uint block = (uint)(i % 16);
                session.Wait(StartRead(bench, session, fork, block, thread, result));
                Assert.Equal(new IoResult(IoStatus.Ok, 1), result.Result);
                EngineFixture.AssertPage(bench.Frame(thread), fork.Locator.Relation, block);
            }
        }))];

        Background.Join(Task.WhenAll(tasks)); // all of them, before the bench is disposed
    }

    [Fact]
    public void Close_LeaseHeldBeforeItsOperationIsStarted_IsWokenByTheStart()
    {
        using EngineFixture bench = NewBench();
        // The issuer stands between leasing and starting; the closer finds no operation and sleeps. If nobody told it
        // of the start it would sleep on, for this method needs the closer's own help.
        RelationFork fork = bench.NewRelation(1, 2);
        Assert.Equal(0, bench.Storage.Lease(fork, 0, false, FileCreation.Never, out FileLease lease));
        Task close = Background.Run(() => bench.Storage.Close(fork));
        Background.Until(
            () => bench.Storage.Files.WaitersOf(lease) > 0, "the closer sleeps on the file");

        int handle = bench.Session.Acquire(null);
        RelationTargetData target = new(fork.Identity, 0, 1, false);
        bench.Session.SetTarget(handle, 1, target.Pack());
        bench.Session.SetFrames(handle, FrameArenas.Pool, [0]);
        bench.Session.AddCallback(handle, 1);
        bench.Session.Start(handle, IoOperation.ReadVector, lease, 0, 8192);
        bench.Storage.Files.Started(lease);

        Background.Join(close);
        Assert.Equal(0, bench.Storage.Files.InUse);
        bench.Session.WaitForAll();
    }

    private static EngineFixture NewBench(bool open = true, int openFilesMax = 100) => new(
        EngineFixture.SmallSegments with { OpenFilesMax = openFilesMax },
        services => new HeldMethod(services, open));

    // Gives back what it takes: a lease kept here would be waited for until the end of time.
    private static bool TakesNoLeases(EngineFixture bench, RelationFork fork)
    {
        if (!bench.Storage.Files.TryLease(fork.File(0), forWrite: false, out FileLease lease))
            return true;
        bench.Storage.Files.Release(lease);
        return false;
    }

    private static HeldMethod MethodOf(EngineFixture bench) => (HeldMethod)bench.Engine.Method;

    private static IoWaitReference StartRead(
        EngineFixture bench,
        IoSession session,
        RelationFork fork,
        uint block,
        int frame,
        IoReturn result,
        int count = 1)
    {
        int handle = session.Acquire(result);
        IoWaitReference reference = session.Reference(handle);
        int[] frames = [.. Enumerable.Range(frame, count)];
        bench.Storage.StartRead(session, handle, fork, block, FrameArenas.Pool, frames);
        return reference;
    }
}
