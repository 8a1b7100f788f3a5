using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>Many sessions in a small pool: nobody takes it all, and who must wait for a frame gets one.</summary>
public sealed class PoolShareTests
{
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void OpenReadStream_AloneAndFarAhead_LeavesFramesForAnother(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 256, poolPages: 64);
        using ForebaySession first = scenario.Instance.OpenSession();
        Assert.Equal(32, first.Shared.PinsLeft);
        using ReadStream<BlockRange> stream = first.OpenReadStream(
            scenario.Fork, BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        for (uint block = 0; block < 128; block++)
        {
            Assert.True(stream.TryNext(out PinnedPage page));
            page.Dispose();
            Assert.InRange(first.Shared.Ledger.Count, 0, 33);
        }

        using ForebaySession second = scenario.Instance.OpenSession();
        PinnedPage[] pages = [.. Enumerable.Range(200, 21).Select(block => second.Read(scenario.Fork, (uint)block))];
        Array.ForEach(pages, page => page.Dispose());
    }

    // Each session has one page pinned at a time and there are twice as many frames, so every one of them is to get
    // its frame, however many victims are being written just now.
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Read_ManySessionsAllWritingVictims_AllGetFrames(string method, bool direct)
    {
        const int Sessions = 8;
        const int Blocks = 64;
        int rounds = 120 * Stress.Factor;
        using PoolScenario scenario = new(method, direct, relationPages: Blocks, poolPages: 2 * Sessions);
        Task[] tasks = [.. Enumerable.Range(0, Sessions).Select(number => Background.Run(() =>
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            for (int i = 0; i < rounds; i++)
            {
                uint block = (uint)((i * 7 + number * 8) % Blocks);
                using PinnedPage page = session.Read(scenario.Fork, block);
                using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
                uint version = PoolScenario.Expect(locked.Span, block);
                PoolScenario.Stamp(locked.Contents, block, version + 1);
                locked.MarkDirty();
            }
        }))];
        Background.Join(Task.WhenAll(tasks));

        using ForebaySession last = scenario.Instance.OpenSession();
        last.FlushAll();
        long versions = Enumerable.Range(0, Blocks).Sum(
            block => (long)PoolScenario.VersionOnDisk(scenario.FilePath, (uint)block));
        Assert.Equal(Blocks + (long)Sessions * rounds, versions);
        PoolFacts.AssertIdle(scenario.Instance.Pool, last.Shared);
    }

    // As above, with flows that share the few threads of the thread pool: who finds every frame in other hands gives
    // his thread to those who have them.
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public async Task ReadAsync_ManyFlowsAllWritingVictims_AllGetFrames(string method, bool direct)
    {
        const int Flows = 16;
        const int Blocks = 64;
        using PoolScenario scenario = new(method, direct, relationPages: Blocks, poolPages: Flows);
        CancellationToken stop = TestContext.Current.CancellationToken;
        Task[] tasks = [.. Enumerable.Range(0, Flows).Select(number => Task.Run(async () =>
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            for (int i = 0; i < 60 * Stress.Factor; i++)
            {
                uint block = (uint)((i * 7 + number * 8) % Blocks);
                using PinnedPage page = await session.ReadAsync(scenario.Fork, block, stop);
                using LockedPage locked = await page.LockAsync(ContentLockMode.Exclusive, stop);
                uint version = PoolScenario.Expect(locked.Span, block);
                PoolScenario.Stamp(locked.Contents, block, version + 1);
                locked.MarkDirty();
            }
        }, stop))];
        await Task.WhenAll(tasks).WaitAsync(Background.Limit, stop);

        using ForebaySession last = scenario.Instance.OpenSession();
        last.FlushAll();
        long versions = Enumerable.Range(0, Blocks).Sum(
            block => (long)PoolScenario.VersionOnDisk(scenario.FilePath, (uint)block));
        Assert.Equal(Blocks + (long)Flows * 60 * Stress.Factor, versions);
        PoolFacts.AssertIdle(scenario.Instance.Pool, last.Shared);
    }

    // Forgetting once looked at a frame without a pin on it: by then it could be another page's, pinned by its reader,
    // who was then complained of.
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Forget_OthersReuseItsFrames_IsNotDisturbed(string method, bool direct)
    {
        int rounds = 150 * Stress.Factor;
        using PoolScenario scenario = new(method, direct, relationPages: 64, poolPages: 16);
        using CancellationTokenSource stop = new();
        Task reader = Background.Run(() =>
        {
            using ForebaySession other = scenario.Instance.OpenSession();
            for (uint block = 0; !stop.IsCancellationRequested; block = block == 63 ? 0 : block + 1)
            {
                using PinnedPage page = other.Read(scenario.Fork, block);
                PoolScenario.Expect(page.Span, block);
            }
        });
        RelationFork doomed = scenario.Instance.Relation(new RelationLocator(1663, 5, 20_000)).Main;
        using ForebaySession session = scenario.Instance.OpenSession();
        session.Create(doomed);
        PoolWork.Grow(session, doomed, 4, version: 1);

        session.Flush(doomed);
        try
        {
            for (int i = 0; i < rounds; i++)
            {
                for (uint block = 0; block < 4; block++)
                    session.Read(doomed, block).Dispose();
                session.Shared.Forget(doomed, 0);
            }
        }
        finally
        {
            stop.Cancel();
        }

        Background.Join(reader);
    }
}
