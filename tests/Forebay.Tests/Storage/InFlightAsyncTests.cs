using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Storage;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Storage;

/// <summary>
/// As <see cref="InFlightTests"/> in the awaitable form: the method moves nothing by itself, so a wait that blocks its
/// thread never comes back; it is started on a thread of its own, so that the test fails and does not hang.
/// </summary>
public sealed class InFlightAsyncTests
{
    public static TheoryData<int> Endings() => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task End_OperationThatDoesNotMove_WaitsWithoutTheThreadAndWithTheFileOpen(int ending)
    {
        using EngineFixture bench = NewBench(open: false);
        using IoSession other = bench.Engine.OpenSession();
        using HeldMethod.OpenScope atEnd = MethodOf(bench).OpenAtEnd();
        RelationFork fork = bench.NewRelation(1, 20);
        IoReturn result = new();
        IoWaitReference reference = Start(bench, bench.Session, fork, 3, result);

        Task ended = Begin(() => End(bench, other, fork, ending));

        Assert.False(ended.IsCompleted);
        Assert.True(File.Exists(fork.SegmentFullPath(0)));
        Assert.Equal(16 * 8192, new FileInfo(fork.SegmentFullPath(0)).Length);
        MethodOf(bench).Open();
        await ended.WaitAsync(Background.Limit, TestContext.Current.CancellationToken);
        bench.Session.Wait(reference);
        Assert.Equal(new IoResult(IoStatus.Ok, 1), result.Result);
        EngineFixture.AssertPage(bench.Frame(0), 1, 3);
        AssertEnded(bench, fork, ending);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task End_OperationStagedInOwnOrOthersBatch_SubmitsIt(int ending)
    {
        foreach (bool isOwn in (bool[])[true, false])
        {
            using EngineFixture bench = NewBench();
            using IoSession other = bench.Engine.OpenSession();
            RelationFork fork = bench.NewRelation(1, 20);
            IoReturn result = new();
            bench.Session.EnterBatch();
            IoWaitReference reference = Start(bench, bench.Session, fork, 3, result);
            Assert.Empty(MethodOf(bench).Held);

            Task ended = Begin(() => End(bench, isOwn ? bench.Session : other, fork, ending));
            await ended.WaitAsync(Background.Limit, TestContext.Current.CancellationToken);

            bench.Session.ExitBatch();
            Assert.True(bench.Session.IsDone(reference));
            Assert.Equal(IoStatus.Ok, result.Result.Status);
            AssertEnded(bench, fork, ending);
        }
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task End_Cancelled_HasDoneNothing(int ending)
    {
        using EngineFixture bench = NewBench(open: false);
        using IoSession other = bench.Engine.OpenSession();
        using HeldMethod.OpenScope atEnd = MethodOf(bench).OpenAtEnd();
        RelationFork fork = bench.NewRelation(1, 20);
        IoReturn result = new();
        IoWaitReference reference = Start(bench, bench.Session, fork, 3, result);
        using CancellationTokenSource stop = new();

        Task ended = Begin(() => End(bench, other, fork, ending, stop.Token));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ended.WaitAsync(Background.Limit, TestContext.Current.CancellationToken));
        Assert.Equal(20u, bench.Storage.GetBlockCount(fork));
        Assert.True(bench.Storage.Files.TryLease(fork.File(0), forWrite: false, out FileLease lease));
        bench.Storage.Files.Release(lease);
        MethodOf(bench).Open();
        bench.Session.Wait(reference);
        Assert.Equal(IoStatus.Ok, result.Result.Status);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void End_NothingInFlight_IsCompleteAtOnce(int ending)
    {
        using EngineFixture bench = NewBench(open: false);
        using HeldMethod.OpenScope atEnd = MethodOf(bench).OpenAtEnd();
        RelationFork fork = bench.NewRelation(1, 20);
        RelationFork busy = bench.NewRelation(2, 20);
        IoReturn result = new();
        Start(bench, bench.Session, busy, 3, result); // somebody else's file
        using IoSession other = bench.Engine.OpenSession();

        Assert.True(Begin(() => End(bench, other, fork, ending)).IsCompletedSuccessfully);

        AssertEnded(bench, fork, ending);
    }

    [Fact]
    public async Task TruncateAsync_WriteInFlightBehindTheCut_DoesNotBringPagesBack()
    {
        using EngineFixture bench = NewBench();
        RelationFork fork = bench.NewRelation(1, 10);
        int handle = bench.Session.Acquire(null);
        bench.Storage.StartWrite(bench.Session, handle, fork, 8, FrameArenas.Pool, [0, 1]);
        Assert.Single(MethodOf(bench).Held);

        await Begin(() => bench.Storage.TruncateAsync(fork, 4, bench.Session).AsTask())
            .WaitAsync(Background.Limit, TestContext.Current.CancellationToken);

        Assert.Empty(MethodOf(bench).Held);
        Assert.Equal(4 * 8192, new FileInfo(fork.SegmentFullPath(0)).Length);
    }

    /// <summary>The task that an awaitable form gives back; fails if the form blocks instead.</summary>
    private static Task Begin(Func<Task> form)
    {
        Task<Task> begun = Background.Run(form);
        return Background.Join(begun);
    }

    private static Task End(
        EngineFixture bench, IoSession session, RelationFork fork, int ending, CancellationToken stop = default) =>
        ending switch
        {
            0 => bench.Storage.CloseAsync(fork, session, stop).AsTask(),
            1 => bench.Storage.UnlinkAsync(fork, session, stop).AsTask(),
            _ => bench.Storage.TruncateAsync(fork, 1, session, stop).AsTask(),
        };

    private static void AssertEnded(EngineFixture bench, RelationFork fork, int ending)
    {
        if (ending < 2)
            Assert.False(bench.Storage.Files.TryLease(fork.File(0), forWrite: false, out _));
        Assert.Equal(ending != 1, bench.Storage.Exists(fork));
        if (ending == 2)
            Assert.Equal(1u, bench.Storage.GetBlockCount(fork));
    }

    private static EngineFixture NewBench(bool open = true) =>
        new(EngineFixture.SmallSegments, services => new HeldMethod(services, open));

    private static HeldMethod MethodOf(EngineFixture bench) => (HeldMethod)bench.Engine.Method;

    private static IoWaitReference Start(
        EngineFixture bench, IoSession session, RelationFork fork, uint block, IoReturn result)
    {
        int handle = session.Acquire(result);
        IoWaitReference reference = session.Reference(handle);
        bench.Storage.StartRead(session, handle, fork, block, FrameArenas.Pool, [0]);
        return reference;
    }
}
