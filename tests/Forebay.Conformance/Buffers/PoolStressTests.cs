using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// Many threads in a small pool. Every page carries its block and its version; the version that it must have at least
/// is known to all, so a page of another block, an old page or a torn one is seen by whoever reads it.
/// </summary>
public sealed class PoolStressTests
{
    private const int Threads = 6;
    private const int Blocks = 300;
    private const int Rounds = 250;

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Pages_ManyThreadsSmallPool_AreNeverWrongOrOld(string method, bool direct)
    {
        int seed = Stress.Seed;
        using PoolScenario scenario = new(method, direct, Blocks, poolPages: 64, draft => draft.SegmentBlocks = 128);
        int[] latest = new int[Blocks];
        Array.Fill(latest, 1);
        Task[] tasks = [.. Enumerable.Range(0, Threads).Select(number => Background.Run(() =>
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            Work(session, scenario.Fork, latest, new Random(seed + number));
            Assert.Equal(0, session.Shared.Ledger.Count);
        }))];
        try
        {
            Background.Join(Task.WhenAll(tasks));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"FOREBAY_SEED={seed}: {exception.Message}", exception);
        }

        using ForebaySession last = scenario.Instance.OpenSession();
        last.FlushAll();
        byte[] page = new byte[8192];
        for (uint block = 0; block < Blocks; block++)
        {
            scenario.Instance.Storage.Read(scenario.Fork, block, page);
            Assert.Equal((uint)latest[block], PoolScenario.Expect(page, block));
        }

        PoolFacts.AssertIdle(scenario.Instance.Pool, last.Shared);
    }

    private static void Work(ForebaySession session, RelationFork fork, int[] latest, Random random)
    {
        Queue<PinnedPage> kept = [];
        for (int round = 0; round < Rounds * Stress.Factor; round++)
        {
            uint block = (uint)random.Next(Blocks);
            switch (random.Next(20))
            {
                case < 8:
                    ReadPage(session.Read(fork, block), latest, kept, random);
                    break;
                case < 14:
                    Change(session, fork, block, latest);
                    break;
                case 14:
                    ReadPage(session.ReadAsync(fork, block).AsTask().GetAwaiter().GetResult(), latest, kept, random);
                    break;
                case < 18:
                    Scan(session, fork, block, latest, random);
                    break;
                case 18:
                    session.Flush(fork);
                    break;
                default:
                    while (kept.TryDequeue(out PinnedPage page))
                        page.Dispose();
                    break;
            }
        }

        while (kept.TryDequeue(out PinnedPage page))
            page.Dispose();
    }

    private static void ReadPage(PinnedPage page, int[] latest, Queue<PinnedPage> kept, Random random)
    {
        Check(page, latest);
        kept.Enqueue(page);
        if (kept.Count > 2 || random.Next(2) == 0)
            kept.Dequeue().Dispose();
    }

    private static void Check(PinnedPage page, int[] latest)
    {
        using LockedPage locked = page.Lock(ContentLockMode.Shared);

        // Under the lock nobody changes either: exactly the latest.
        Assert.Equal((uint)Volatile.Read(ref latest[page.Block]), PoolScenario.Expect(locked.Span, page.Block));
    }

    private static void Change(ForebaySession session, RelationFork fork, uint block, int[] latest)
    {
        using PinnedPage page = session.Read(fork, block);
        using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
        uint version = PoolScenario.Expect(locked.Span, block);
        Assert.Equal((uint)latest[block], version);
        PoolScenario.Stamp(locked.Contents, block, version + 1);
        locked.MarkDirty();
        Volatile.Write(ref latest[block], (int)version + 1);
    }

    private static void Scan(ForebaySession session, RelationFork fork, uint first, int[] latest, Random random)
    {
        uint end = Math.Min(Blocks, first + (uint)random.Next(1, 50));
        using ReadStream<BlockRange> stream = session.OpenReadStream(fork, new BlockRange(first, end),
            new ReadStreamOptions { Strategy = (AccessStrategy)random.Next(4) });
        for (uint block = first; block < end && stream.TryNext(out PinnedPage page); block++)
        {
            using (page)
            {
                Assert.Equal(block, page.Block);
                Check(page, latest);
            }
        }
    }
}
