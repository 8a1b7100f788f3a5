using Forebay.Handles;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Streams;

/// <summary>How far a stream looks ahead, counted: waits until it is far enough, pages read for nothing.</summary>
public sealed class StreamLookAheadTests
{
    [Fact]
    public void TryNext_EveryReadWaitedFor_DoublesWithEachWait()
    {
        using StreamScenario scenario = new("sync", relationPages: 1000, poolPages: 2048);
        ExpectRamp(scenario);
    }

    [Fact]
    public void TryNext_MethodThatDelaysUntilItIsWaitedFor_DoublesWithEachWait()
    {
        // Workers execute each operation only when somebody sleeps on it: the slowest device that there can be.
        StreamScenario? scenario = null;
        ScriptedHoldPoints points = new();
        int issuer = Environment.CurrentManagedThreadId;
        points[HoldPoint.BeforeExecute] = (in IoHandleView handle, ref int _) =>
        {
            if (Environment.CurrentManagedThreadId == issuer || scenario is not { } running)
                return;
            int index = handle.Index;
            SpinWait.SpinUntil(() => running.Instance.Engine.Handles[index].Wait.Waiters > 0, Background.Limit);
        };
        using StreamScenario made = new(
            "worker", relationPages: 1000, poolPages: 2048, change: draft => draft.HoldPoints = points);
        scenario = made;
        try
        {
            ExpectRamp(made);
        }
        finally
        {
            points[HoldPoint.BeforeExecute] = null;
            scenario = null;
        }
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void Dispose_AfterEachNumberOfPages_WastesNoMoreThanItHadReasonTo(string method)
    {
        using StreamScenario scenario = new(method, relationPages: 700, poolPages: 1024);
        for (int taken = 1; taken < 400; taken += taken < 40 ? 1 : 37)
        {
            scenario.Forget();
            long before = scenario.Buffers.Counters.BlocksRead;
            ReadStream stream = scenario.Open(BlockRange.All);
            for (uint block = 0; block < taken; block++)
                StreamScenario.Expect(stream, block);
            stream.Dispose();

            ReadStreamStatistics statistics = stream.Statistics;
            long read = scenario.Buffers.Counters.BlocksRead - before;
            Assert.Equal(taken, statistics.PagesReturned);
            Assert.True(statistics.PagesWasted <= Bound(statistics),
                $"{taken} taken, {statistics.PagesWasted} wasted after {statistics.Waits} waits");
            Assert.True(read <= taken + statistics.PagesWasted, $"{read} read, {taken} taken and "
                + $"{statistics.PagesWasted} wasted");
            if (taken == 1)
                Assert.InRange(read, 1, 3); // who wants one page does not pay for sixteen
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_EveryPagePresent_StaysAtOnePage(string method)
    {
        using StreamScenario scenario = new(method, relationPages: 300, poolPages: 512);
        uint[] blocks = [.. Enumerable.Range(0, 300).Select(i => (uint)i)];
        using (ReadStream first = scenario.Open(BlockRange.All))
            StreamScenario.ExpectAll(first, blocks);
        long reads = scenario.Buffers.Counters.Reads;

        using ReadStream stream = scenario.Open(BlockRange.All);
        StreamScenario.ExpectAll(stream, blocks);

        Assert.Equal(reads, scenario.Buffers.Counters.Reads);
        Assert.Equal((1, 0L, 0L),
            (stream.Statistics.DistanceMax, stream.Statistics.Waits, stream.Statistics.Operations));
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_TemporaryRelation_MissesThenHits(string method)
    {
        using StreamScenario scenario = new(method);
        RelationFork temporary = scenario.Session.Temporary(new RelationLocator(1663, 5, 99));
        scenario.Session.Create(temporary);
        for (uint block = 0; block < 7; block++)
        {
            using PinnedPage page = scenario.Session.Extend(temporary, out Forebay.Buffers.LockedPage locked);
            using (locked)
            {
                Buffers.PoolScenario.Stamp(locked.Contents, page.Block, 1);
                locked.MarkDirty();
            }
        }

        Assert.Equal(7, scenario.Session.Flush(temporary));
        Forebay.Buffers.BufferSession buffers = scenario.Session.Buffers(temporary);
        buffers.Forget(temporary, 0);
        uint[][] sequences = [[0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0], [0, 2, 2, 4, 4]];
        foreach (uint[] blocks in sequences)
        {
            long[] blocksRead = [blocks.Distinct().Count(), 0];
            foreach (long expected in blocksRead)
            {
                long before = buffers.Counters.BlocksRead;
                using (ReadStream stream = scenario.Session.OpenReadStream(
                    temporary, new BlockSequence(blocks), new ReadStreamOptions { CombineLimit = 1 }))
                    StreamScenario.ExpectAll(stream, blocks);
                Assert.Equal(expected, buffers.Counters.BlocksRead - before);
            }

            buffers.Forget(temporary, 0);
        }

        Assert.Equal(0, buffers.Ledger.Count);
        Assert.Equal(0, scenario.Buffers.Counters.BlocksRead); // nothing of it is shared
    }

    // From one page on, each wait doubles the distance: 1, 2, 4, … 256, then the capacity of 272.
    private static void ExpectRamp(StreamScenario scenario)
    {
        const int WaitsUntilFull = 9;
        using ReadStream stream = scenario.Open(BlockRange.All, new ReadStreamOptions { Concurrency = 16 });
        int capacity = stream.Statistics.DistanceCapacity;
        Assert.Equal(17 * 16, capacity);
        long waitsAtFull = -1;
        for (uint block = 0; block < 700; block++)
        {
            StreamScenario.Expect(stream, block);
            ReadStreamStatistics statistics = stream.Statistics;
            Assert.True(statistics.DistanceMax <= Bound(statistics),
                $"{statistics.DistanceMax} pages ahead after {statistics.Waits} waits");
            if (waitsAtFull < 0 && statistics.DistanceMax >= capacity - 16)
                waitsAtFull = statistics.Waits;
        }

        // The distance is full after the ninth wait; two more operations of pages are consumed until it shows.
        Assert.InRange(waitsAtFull, WaitsUntilFull, WaitsUntilFull + 2);
    }

    /// <summary>The first operations may be larger than the distance, up to the combine limit.</summary>
    private static long Bound(ReadStreamStatistics statistics)
    {
        const int CombineLimit = 16;
        long ahead = statistics.Waits >= 30 ? int.MaxValue : 1L << (int)statistics.Waits;
        long combined = Math.Min(CombineLimit, 1L << (int)Math.Min(30, statistics.Operations));
        return Math.Min(Math.Max(ahead, combined), statistics.DistanceCapacity);
    }
}
