using Forebay.Buffers;
using Forebay.Diagnostics;
using Forebay.Processes;
using Forebay.SharingHost;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Telemetry;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>
/// A member is killed while it has a page locked exclusively and half changed. If it had said that the page is changed,
/// nobody can know what is right in it: everybody hears that, and nobody hangs. If not, the page is in its file.
/// </summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class StopTests
{
    private const int Pages = 64;
    private const uint Held = 3;

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public async Task Kill_MemberThatHoldsADirtyPage_EverybodyHearsAndNobodyHangs(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        using SharedScenario scenario = new(Pages);
        VersionBook.Create(scenario.DataDirectory, Pages);
        using HostProcess holder = new(scenario, method, "hold-dirty", 0, 1);
        holder.UntilReady();
        using HostProcess reader = new(scenario, method, "storm-read", 0, 1);
        reader.UntilReady();
        reader.Go();
        using ForebayInstance instance = ForebayInstance.Open(scenario.DataDirectory, Options(scenario, method));
        using ForebaySession session = instance.OpenSession();
        RelationFork fork = SharedScenario.Fork(instance);
        PinnedPage other = session.Read(fork, 5);
        using ReadStream<BlockRange> stream = session.OpenReadStream(fork, new BlockRange(6, 40));
        Assert.True(stream.TryNext(out PinnedPage first));
        first.Dispose();
        Task[] waiters =
        [
            InSession(instance, s => s.Read(fork, Held).Lock(ContentLockMode.Shared)),
            InSession(instance, s => s.Read(fork, Held).Lock(ContentLockMode.Exclusive)),
            InSession(instance, s => s.Read(fork, Held).LockForCleanup()),
            InSession(instance, s => s.Read(fork, Held).LockAsync(ContentLockMode.Shared).AsTask()
                .GetAwaiter().GetResult()),
            InSession(instance, s => s.Flush(fork)),
            InSession(instance, s => s.FlushAsync(fork).AsTask().GetAwaiter().GetResult()),
        ];
        Background.Until(() => instance.GetWaits().Count(IsAtPage) >= waiters.Length, "everybody waits for the page");

        holder.Kill();

        List<string> reasons = [];
        foreach (Task waiter in waiters)
        {
            reasons.Add((await Assert.ThrowsAsync<InstanceStoppedException>(
                () => waiter.WaitAsync(Background.Limit, TestContext.Current.CancellationToken))).Message);
        }

        Assert.All(reasons, reason => Assert.Equal(instance.StopReason, reason));
        Assert.Contains($"block {Held} ", instance.StopReason, StringComparison.Ordinal);
        Assert.Equal($"stopped {instance.StopReason}", reader.NextLineOrNull());
        await AssertNothingBegins(instance, session, fork, other, stream);
        using (ForebayViewer viewer = ForebayViewer.Attach(scenario.Folder.Named(SharedScenario.Name)))
            Assert.Equal(instance.StopReason, viewer.StopReason);
        Assert.Throws<InstanceStoppedException>(() => scenario.Open(Options(scenario, method)));
        Assert.Throws<InstanceStoppedException>(
            () => ForebayInstance.Attach(scenario.Folder.Named(SharedScenario.Name)));

        reader.Go();
        reader.UntilGone();
        stream.Dispose();
        other.Dispose();
        session.Dispose();
        instance.Dispose();
        AssertMadeAnew(scenario, method);
    }

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public void Kill_MemberThatHoldsACleanPageThatOthersHavePinned_TheyGoOnWithThePageOfTheFile(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        using SharedScenario scenario = new(Pages);
        using HostProcess holder = new(scenario, method, "hold-clean", 0, 1);
        holder.UntilReady();
        using ForebayInstance instance = ForebayInstance.Open(scenario.DataDirectory, Options(scenario, method));
        RelationFork fork = SharedScenario.Fork(instance);
        Task<uint>[] waiters = [.. new[] { ContentLockMode.Shared, ContentLockMode.Shared, ContentLockMode.Exclusive }
            .Select(mode => Background.Run(() =>
            {
                using ForebaySession session = instance.OpenSession();
                using PinnedPage page = session.Read(fork, Held);
                using LockedPage locked = page.Lock(mode);
                return SharedScenario.Expect(page.Span, Held);
            }))];
        Background.Until(() => instance.GetWaits().Count(IsAtPage) == waiters.Length, "everybody waits for the page");

        holder.Kill();

        Assert.All(waiters, waiter => Assert.Equal(1u, Background.Join(waiter)));
        Assert.Null(instance.StopReason);
        Background.Until(() => instance.Deaths!.Takeovers == 1, "the death is taken over");
        for (int frame = 0; frame < instance.PoolPages; frame++)
        {
            Assert.Equal(0, instance.Pool.Descriptor(frame).Word.Pins);
            Assert.True(instance.Pool.Descriptor(frame).Content.IsFree);
        }
    }

    private static async Task AssertNothingBegins(ForebayInstance instance, ForebaySession session, RelationFork fork,
        PinnedPage other, ReadStream<BlockRange> stream)
    {
        Assert.Throws<InstanceStoppedException>(instance.OpenSession);
        Assert.Throws<InstanceStoppedException>(() => session.Read(fork, 5)); // which is there
        Assert.Throws<InstanceStoppedException>(() => session.Read(fork, 50));
        await Assert.ThrowsAsync<InstanceStoppedException>(async () => await session.ReadAsync(fork, 5));
        await Assert.ThrowsAsync<InstanceStoppedException>(async () => await session.ReadAsync(fork, 50));
        Assert.Throws<InstanceStoppedException>(() => other.Lock(ContentLockMode.Shared));
        await Assert.ThrowsAsync<InstanceStoppedException>(async () => await other.LockAsync(ContentLockMode.Shared));
        Assert.Throws<InstanceStoppedException>(() => session.Extend(fork, out _));
        await Assert.ThrowsAsync<InstanceStoppedException>(async () => await session.ExtendAsync(fork));
        Assert.Throws<InstanceStoppedException>(() => session.Flush(fork));
        Assert.Throws<InstanceStoppedException>(() => session.FlushAll());
        await Assert.ThrowsAsync<InstanceStoppedException>(async () => await session.FlushAsync(fork));
        Assert.Throws<InstanceStoppedException>(() => session.Sync(fork));
        await Assert.ThrowsAsync<InstanceStoppedException>(async () => await session.SyncAsync(fork));
        Assert.Throws<InstanceStoppedException>(() => session.Truncate(fork, 10));
        Assert.Throws<InstanceStoppedException>(() => session.Drop(fork));
        Assert.Throws<InstanceStoppedException>(() => session.Create(fork, existsIsFine: true));
        Assert.Throws<InstanceStoppedException>(() => Drain(stream)); // pages that it had got are delivered
        Assert.Throws<InstanceStoppedException>(
            () => Drain(session.OpenReadStream(fork, new BlockRange(6, 40))));
    }

    private static void Drain(ReadStream<BlockRange> stream)
    {
        using (stream)
        {
            while (stream.TryNext(out PinnedPage page))
                page.Dispose();
        }
    }

    private static void AssertMadeAnew(SharedScenario scenario, IoMethod method)
    {
        Assert.Empty(scenario.Folder.Files);
        using ForebayInstance instance = ForebayInstance.Open(scenario.DataDirectory, Options(scenario, method));
        using ForebaySession session = instance.OpenSession();
        Assert.True(instance.IsCreator);
        Assert.Null(instance.StopReason);
        for (uint block = 0; block < Pages; block++)
            Assert.Equal(1u, SharedScenario.Read(session, block)); // half of a change is in no file
    }

    private static bool IsAtPage(WaitingSession wait) => wait.Kind == WaitKind.ContentLock;

    private static Task InSession(ForebayInstance instance, Action<ForebaySession> action) => Background.Run(() =>
    {
        using ForebaySession session = instance.OpenSession();
        action(session);
    });

    private static ForebayOptions Options(SharedScenario scenario, IoMethod method) => new()
    {
        Sharing = scenario.Folder.Named(SharedScenario.Name),
        BufferPoolBytes = 64 * 8192L,
        IoMethod = method,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        IoMinWorkers = 1,
        IoMaxWorkers = 4,
        IoUringRings = 2,
        SegmentBlocks = 96,
    };
}
