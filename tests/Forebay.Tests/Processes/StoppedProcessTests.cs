using System.Runtime.CompilerServices;
using Forebay.Buffers;
using Forebay.Memory;
using Forebay.Primitives;
using Forebay.Streams;
using Forebay.Telemetry;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>
/// A process, or one of its threads, stands still in the middle of something. It is not dead: what it has is waited
/// for, by those who need just that, in a way that can be given up; all else goes on.
/// </summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class StoppedProcessTests
{
    private const string Stop = "Stop";
    private const string Hold = "Hold";
    private const string Kill = "Kill";
    private const string VersionOne = "read 1";

    [Theory]
    [InlineData(IoMethod.Sync, nameof(DeathPoint.FileOpened))]
    [InlineData(IoMethod.Worker, nameof(DeathPoint.FileOpened))]
    [InlineData(IoMethod.IoUring, nameof(DeathPoint.RingEntered))]
    public async Task Stop_ReadInFlight_ItsPageIsWaitedForAndAllElseGoesOn(IoMethod method, string point)
    {
        using StoppedScenario scenario = new(method);
        HostProcess issuer = scenario.Start("one", Enum.Parse<DeathPoint>(point), Stop);
        ForebayInstance instance = scenario.Instance;
        StoppedScenario.Go(issuer, Stop);

        Task<uint> waiter = Background.Run(scenario.ReadOne);
        await AssertWaitIsGivenUp(scenario);
        Background.Until(() => instance.GetWaits().Any(static wait => wait.Kind == WaitKind.Operation), "it waits");
        scenario.WorkOn(static block => block != StoppedScenario.One);
        scenario.UntilNoticed(
            "io-stuck", $"process {issuer.Id},", $"offset {StoppedScenario.One * 8192},", "base/5/16384");
        scenario.UntilNoticed("process-stopped", $"Process {issuer.Id} ", "holds no short lock");
        Assert.False(waiter.IsCompleted);

        issuer.Continue();
        Assert.Equal(1u, Background.Join(waiter));
        UntilDone(issuer, VersionOne);
        scenario.AssertAllIsRight();
    }

    [Theory]
    [InlineData(IoMethod.Sync, nameof(DeathPoint.StagedInPlace))]
    [InlineData(IoMethod.Worker, nameof(DeathPoint.Staged))]
    [InlineData(IoMethod.Worker, nameof(DeathPoint.MethodHasIt))]
    [InlineData(IoMethod.IoUring, nameof(DeathPoint.Staged))]
    [InlineData(IoMethod.IoUring, nameof(DeathPoint.MethodHasIt))]
    public void Hold_ThreadThatHasIssuedARead_OthersGetThePage(IoMethod method, string point)
    {
        using StoppedScenario scenario = new(method);
        HostProcess issuer = scenario.Start("one", Enum.Parse<DeathPoint>(point), Hold);
        StoppedScenario.Go(issuer, Hold);

        scenario.WorkOn(static _ => true);

        issuer.Go();
        UntilDone(issuer, "read 2");
        scenario.AssertAllIsRight();
    }

    [Fact]
    public void Stop_InsideAPartitionOfTheMapping_OnlyThatPartWaits()
    {
        using StoppedScenario scenario = new(IoMethod.Sync);
        HostProcess holder = scenario.Start("one", DeathPoint.MappingLocked, Stop);
        StoppedScenario.Go(holder, Stop);
        Assert.True(LockOf(scenario, StoppedScenario.One).IsHeld);

        Task<uint> waiter = Background.Run(scenario.ReadOne);
        scenario.WorkOn(block =>
            !Unsafe.AreSame(ref LockOf(scenario, block), ref LockOf(scenario, StoppedScenario.One)));
        scenario.UntilNoticed("process-stopped", $"Process {holder.Id} ", "1 partitions");
        Assert.False(waiter.IsCompleted);

        holder.Continue();
        Assert.Equal(1u, Background.Join(waiter));
        UntilDone(holder, VersionOne);
        scenario.AssertAllIsRight();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_InsideTheGateOfARelation_OnlyWhoWantsItWaits(bool isKilled)
    {
        using StoppedScenario scenario = new(IoMethod.Worker);
        HostProcess holder = scenario.Start("grow", DeathPoint.GrowthGateHeld, Stop);
        StoppedScenario.Go(holder, Stop);

        Task waiter = Background.Run(() =>
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            StoppedScenario.Add(session, scenario.Grown);
        });
        await AssertGateIsGivenUp(scenario);
        scenario.WorkOn(static _ => true);
        scenario.UntilNoticed("process-stopped", $"Process {holder.Id} ", "1 gates");
        Assert.False(waiter.IsCompleted);

        LetGo(holder, isKilled);
        Background.Join(waiter);
        if (!isKilled)
            UntilDone(holder);
        using (ForebaySession session = scenario.Instance.OpenSession())
            Assert.Equal(isKilled ? 1u : 2u, session.GetBlockCount(scenario.Grown));
        scenario.AssertAllIsRight();
    }

    [Theory]
    [InlineData(nameof(DeathPoint.HitNoted), nameof(DeathPoint.TakeoverCounted), false)]
    [InlineData(nameof(DeathPoint.HitNoted), nameof(DeathPoint.TakeoverCounted), true)]
    [InlineData(nameof(DeathPoint.TagMadeValid), nameof(DeathPoint.TakeoverMappingLocked), false)]
    public void Stop_WhileTakingOver_AllGoesOnWhenItDoesOrIsKilled(string first, string point, bool isKilled)
    {
        using StoppedScenario scenario = new(IoMethod.Sync);
        HostProcess dead = scenario.Start("work", Enum.Parse<DeathPoint>(first), Kill);
        HostProcess taker = scenario.Start("watch", Enum.Parse<DeathPoint>(point), Stop);
        taker.Go();
        taker.UntilSaid("keeping");
        StoppedScenario.Go(dead, Kill);
        dead.UntilKilled();
        StoppedScenario.UntilReached(taker, Stop);

        Task worker = Background.Run(() => scenario.WorkOn(static _ => true));
        Background.Until(() => scenario.Instance.AttachedProcesses == 2, "it is there");
        Assert.False(PointChecks.IsTakenOver(scenario.Instance, dead.Id));

        LetGo(taker, isKilled);
        Background.Join(worker);
        if (!isKilled)
        {
            Background.Until(() => PointChecks.IsTakenOver(scenario.Instance, dead.Id), "the death is taken over");
            taker.Go();
            UntilDone(taker);
        }

        scenario.AssertAllIsRight();
    }

    // Whoever waits may give up, and his process may leave, whatever the stopped one does.
    private static async Task AssertWaitIsGivenUp(StoppedScenario scenario)
    {
        using ForebayInstance leaving = scenario.Open();
        using CancellationTokenSource cancel = new();
        ForebaySession impatient = leaving.OpenSession();
        ValueTask<PinnedPage> read = impatient.ReadAsync(
            SharedScenario.Fork(leaving), StoppedScenario.One, cancel.Token);
        Background.Until(() => leaving.GetWaits().Any(wait => wait.Session == impatient.Id), "it waits");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
        await impatient.DisposeAsync();
    }

    private static async Task AssertGateIsGivenUp(StoppedScenario scenario)
    {
        using CancellationTokenSource cancel = new();
        Task impatient = Background.Run(() =>
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            session.ExtendAsync(scenario.Grown, cancellationToken: cancel.Token).AsTask().GetAwaiter().GetResult();
        });
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => impatient.WaitAsync(Background.Limit, TestContext.Current.CancellationToken));
    }

    private static void LetGo(HostProcess member, bool isKilled)
    {
        if (isKilled)
            member.Kill();
        else
            member.Continue();
    }

    private static void UntilDone(HostProcess member, params string[] lines)
    {
        foreach (string line in lines)
            member.UntilSaid(line);
        member.UntilSaid("alive");
        member.UntilGone();
    }

    private static ref FutexLock LockOf(StoppedScenario scenario, uint block) =>
        ref scenario.Instance.Pool.Mapping.LockOf(BufferPool.TagOf(scenario.Fork, block).Hash());
}
