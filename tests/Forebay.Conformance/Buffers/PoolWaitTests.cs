using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>Waiting for pages: locks, cleanup, forgetting, growing; blocking and awaiting.</summary>
public sealed class PoolWaitTests
{
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Lock_HeldByAWriteNobodyWaitsFor_IsTaken(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 8);
        using ForebaySession writer = scenario.Instance.OpenSession();
        using ForebaySession other = scenario.Instance.OpenSession();
        PoolWork.Change(writer, scenario.Fork, 1, 1, version: 2);
        using PinnedPage page = other.Read(scenario.Fork, 1);
        Assert.True(writer.Shared.Pool.Descriptors.TryEnterContent(
            page.Pin.Frame, ContentLockMode.ShareExclusive, writer.Shared.Claims));
        writer.Shared.WriteBacks.Start(page.Pin.Frame, null);

        Background.Join(Background.Run(() => page.Lock(ContentLockMode.Exclusive).Dispose()));

        Assert.False(writer.Shared.Pool.Descriptor(page.Pin.Frame).Word.Has(BufferWord.Dirty));
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public async Task LockAsync_HeldByAnother_ComesWhenGivenBack(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 8);
        using ForebaySession first = scenario.Instance.OpenSession();
        using ForebaySession second = scenario.Instance.OpenSession();
        using PinnedPage mine = await first.ReadAsync(scenario.Fork, 1, TestContext.Current.CancellationToken);
        using PinnedPage its = await second.ReadAsync(scenario.Fork, 1, TestContext.Current.CancellationToken);
        LockedPage held = mine.Lock(ContentLockMode.Exclusive);
        Task<LockedPage> wanted =
            its.LockAsync(ContentLockMode.Shared, TestContext.Current.CancellationToken).AsTask();
        Assert.False(wanted.IsCompleted);

        held.Dispose();

        using LockedPage locked = await wanted.WaitAsync(Background.Limit, TestContext.Current.CancellationToken);
        Assert.True(locked.IsHeld);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public async Task LockAsync_ExclusiveCancelled_LetsReadersInAgain(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 8);
        using ForebaySession first = scenario.Instance.OpenSession();
        using ForebaySession second = scenario.Instance.OpenSession();
        using PinnedPage mine = first.Read(scenario.Fork, 1);
        using PinnedPage its = second.Read(scenario.Fork, 1);
        using LockedPage held = mine.Lock(ContentLockMode.Shared);
        using CancellationTokenSource stop = new();
        Task<LockedPage> wanted = its.LockAsync(ContentLockMode.Exclusive, stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wanted);
        Assert.True(its.TryLock(ContentLockMode.Shared, out LockedPage shared));
        shared.Dispose();
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public async Task LockForCleanupAsync_OtherPin_WaitsUntilItIsGone(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 8);
        using ForebaySession first = scenario.Instance.OpenSession();
        using ForebaySession second = scenario.Instance.OpenSession();
        using PinnedPage mine = first.Read(scenario.Fork, 1);
        PinnedPage its = second.Read(scenario.Fork, 1);
        Task<LockedPage> wanted = mine.LockForCleanupAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(wanted.IsCompleted);

        its.Dispose();

        using LockedPage locked = await wanted.WaitAsync(Background.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(1, scenario.Instance.Pool.Descriptor(mine.Pin.Frame).Word.Pins);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Forget_PagePinned_ThrowsAndKeepsItsChange(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 8);
        using ForebaySession first = scenario.Instance.OpenSession();
        using ForebaySession second = scenario.Instance.OpenSession();
        PoolWork.Change(first, scenario.Fork, 1, 1, version: 2);
        using (second.Read(scenario.Fork, 1))
            Assert.Throws<InvalidOperationException>(() => first.Truncate(scenario.Fork, 1));

        Assert.Equal(1, first.Flush(scenario.Fork));
        Assert.Equal(2u, PoolScenario.VersionOnDisk(scenario.FilePath, 1));
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void EndWork_PageLocked_GivesItBackWithANotice(string method, bool direct)
    {
        List<Telemetry.Notice> notices = [];
        using PoolScenario scenario = new(
            method, direct, relationPages: 8, change: draft => notices = draft.Notices);
        using ForebaySession first = scenario.Instance.OpenSession();
        using ForebaySession second = scenario.Instance.OpenSession();
        _ = first.Read(scenario.Fork, 1).Lock(ContentLockMode.Exclusive);

        first.EndWork();

        using PinnedPage its = second.Read(scenario.Fork, 1);
        its.Lock(ContentLockMode.Exclusive).Dispose();
        Assert.Equal(["lock-leak", "pin-leak"], notices.Select(notice => notice.Kind));
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public async Task Extend_ManySessionsAndReadersBeyondTheEnd_EachPageIsItsOwn(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 0, poolPages: 128);
        const int Growers = 4;
        const int Pages = 50;
        Task[] tasks = [.. Enumerable.Range(0, Growers).Select(grower => Background.Run(() =>
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            for (int i = 0; i < Pages; i++)
            {
                using PinnedPage page = session.Extend(scenario.Fork, out LockedPage locked);
                using (locked)
                    PoolScenario.Stamp(locked.Contents, page.Block, (uint)grower + 1);
                TryReadBeyond(session, scenario.Fork, page.Block + 1);
            }
        }))];
        await Task.WhenAll(tasks).WaitAsync(Background.Limit, TestContext.Current.CancellationToken);

        using ForebaySession checker = scenario.Instance.OpenSession();
        await checker.FlushAllAsync(TestContext.Current.CancellationToken);
        Assert.Equal((uint)(Growers * Pages), checker.GetBlockCount(scenario.Fork));
        for (uint block = 0; block < Growers * Pages; block++)
            Assert.InRange(PoolScenario.VersionOnDisk(scenario.FilePath, block), 1u, (uint)Growers);
    }

    private static void TryReadBeyond(ForebaySession session, RelationFork fork, uint block)
    {
        try
        {
            session.Read(fork, block).Dispose();
        }
        catch (StorageException)
        {
            // it was still the end
        }
    }
}
