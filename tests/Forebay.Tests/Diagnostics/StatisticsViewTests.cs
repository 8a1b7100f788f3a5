using Forebay.Buffers;
using Forebay.Diagnostics;
using Forebay.Handles;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Telemetry;
using Shared;

namespace Forebay.Tests.Diagnostics;

public sealed class StatisticsViewTests
{
    private const int BlockBytes = 8192;

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.Auto)]
    public void GetStatistics_PagesReadAndFound_AreCountedExactly(IoMethod method)
    {
        using ViewScenario scenario = new(method);
        using (ForebaySession session = scenario.Instance.OpenSession())
        {
            for (int round = 0; round < 3; round++)
            {
                for (uint block = 0; block < 5; block++)
                    session.Read(scenario.Fork, block).Dispose();
            }

            session.Io.WaitForAll();
        }

        IoStatistics reads = Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Read);
        Assert.Equal((5L, 5L * BlockBytes), (reads.Operations, reads.Bytes));
        Assert.True(reads.Time > TimeSpan.Zero);
        Assert.Equal(5, reads.Latencies.Sum(bucket => bucket.Operations));
        Assert.Equal(10, Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Hit).Operations);
        AssertNothingElse(scenario, CountedOperation.Read, CountedOperation.Hit);
    }

    [Fact]
    public void GetStatistics_SessionsOneAfterTheOther_AddUp()
    {
        using ViewScenario scenario = new(IoMethod.Sync);
        for (uint block = 0; block < 4; block++)
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            Assert.Equal(0, session.Id); // the same slot each time
            session.Read(scenario.Fork, block).Dispose();
            session.Read(scenario.Fork, block).Dispose();
            Assert.Equal((1L, 1L, 1L), (session.Counters.Reads, session.Counters.BlocksRead, session.Counters.Hits));
        }

        Assert.Equal(4, Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Read).Operations);
        Assert.Equal(4, Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Hit).Operations);
    }

    [Fact]
    public void GetStatistics_PagesAddedWrittenAndSynced_AreCountedExactly()
    {
        using ViewScenario scenario = new(IoMethod.Sync);
        using ForebaySession session = scenario.Instance.OpenSession();
        for (int i = 0; i < 3; i++)
        {
            using PinnedPage page = session.Extend(scenario.Fork, out LockedPage locked);
            locked.Dispose();
        }

        Assert.Equal(3, session.Flush(scenario.Fork));
        session.Sync(scenario.Fork);

        IoStatistics extends = Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Extend);
        IoStatistics writes = Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Write);
        IoStatistics syncs = Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Fsync);
        Assert.Equal((3L, 3L * BlockBytes), (extends.Operations, extends.Bytes));
        Assert.Equal((1L, 3L * BlockBytes), (writes.Operations, writes.Bytes)); // neighbours in one operation
        Assert.Equal((ViewScenario.Blocks / ViewScenario.SegmentBlocks) + 1, syncs.Operations); // with the new segment
        Assert.True(extends.Time > TimeSpan.Zero && writes.Time > TimeSpan.Zero && syncs.Time > TimeSpan.Zero);
        AssertNothingElse(scenario, CountedOperation.Extend, CountedOperation.Write, CountedOperation.Fsync);
    }

    [Fact]
    public void GetStatistics_LargeScanInARing_EvictsOnlyTheRingsOwn()
    {
        using ViewScenario scenario = new(IoMethod.Sync);
        using ForebaySession session = scenario.Instance.OpenSession();
        using (ReadStream<BlockRange> stream = session.OpenReadStream(
            scenario.Fork, BlockRange.All, new ReadStreamOptions { Strategy = AccessStrategy.BulkRead }))
        {
            while (stream.TryNext(out PinnedPage page))
                page.Dispose();
        }

        IoStatistics reads = Row(scenario, IoObject.Relation, IoContext.BulkRead, CountedOperation.Read);
        Assert.Equal((long)ViewScenario.Blocks * BlockBytes, reads.Bytes);
        Assert.Equal(reads.Operations, reads.Latencies.Sum(bucket => bucket.Operations));

        // Each page took a frame of the ring's own, or a fresh one, in which one of the pages still is.
        Assert.Equal(ViewScenario.Blocks - scenario.Instance.GetBuffers().Count,
            Row(scenario, IoObject.Relation, IoContext.BulkRead, CountedOperation.Reuse).Operations);
        Assert.Equal(0, Row(scenario, IoObject.Relation, IoContext.BulkRead, CountedOperation.Eviction).Operations);
        Assert.Equal(0, Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Read).Operations);
    }

    [Fact]
    public void GetStatistics_PoolTooSmall_CountsEvictions()
    {
        using ViewScenario scenario = new(IoMethod.Sync, poolPages: 16);
        using ForebaySession session = scenario.Instance.OpenSession();
        for (uint block = 0; block < ViewScenario.Blocks; block++)
            session.Read(scenario.Fork, block).Dispose();

        Assert.Equal(ViewScenario.Blocks - 16,
            Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Eviction).Operations);
    }

    [Fact]
    public void GetStatistics_TemporaryPages_HaveRowsOfTheirOwn()
    {
        using ViewScenario scenario = new(IoMethod.Sync);
        using ForebaySession session = scenario.Instance.OpenSession();
        RelationFork temporary = session.Temporary(new RelationLocator(1663, 5, 99_999));
        session.Create(temporary);
        using (PinnedPage page = session.Extend(temporary, out LockedPage locked))
            locked.Dispose();
        session.Read(temporary, 0).Dispose();
        session.Flush(temporary);

        const IoObject Temporary = IoObject.TemporaryRelation;
        Assert.Equal(1, Row(scenario, Temporary, IoContext.Normal, CountedOperation.Extend).Operations);
        Assert.Equal(1, Row(scenario, Temporary, IoContext.Normal, CountedOperation.Hit).Operations);
        Assert.Equal(1, Row(scenario, Temporary, IoContext.Normal, CountedOperation.Write).Operations);
        Assert.All(scenario.Instance.GetStatistics().Rows.Where(row => row.Object != IoObject.TemporaryRelation),
            row => Assert.Equal(0, row.Operations));
        Assert.Equal(0, session.Counters.Hits); // those are of shared pages
    }

    [Fact]
    public void GetStatistics_OperationThatTookLong_IsInItsBucket()
    {
        using ViewScenario scenario = new();
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoWaitReference reference = scenario.StartRead(session.Io, 0, 1);
        TimeSpan atLeast = TimeSpan.FromMilliseconds(3);
        Background.Until(() => scenario.Instance.GetInFlight()[0].Age > atLeast, "it is old enough");
        scenario.Held.Execute(reference.Index);
        Assert.True(session.Io.IsDone(reference));

        IoStatistics reads = Row(scenario, IoObject.Relation, IoContext.Normal, CountedOperation.Read);
        Assert.True(reads.Time > atLeast);
        LatencyBucket bucket = Assert.Single(reads.Latencies, bucket => bucket.Operations > 0);
        Assert.True(bucket.Below > atLeast);
        Assert.InRange(bucket.Below, reads.Time, 2 * reads.Time);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1023, 0)]
    [InlineData(1024, 1)]
    [InlineData(2047, 1)]
    [InlineData(2048, 2)]
    [InlineData(long.MaxValue, SessionTally.Buckets - 1)]
    public void BucketOf_Ticks_IsByPowersOfTwo(long ticks, int bucket)
    {
        Assert.Equal(bucket, SessionTally.BucketOf(ticks));
        if (bucket < SessionTally.Buckets - 1)
            Assert.InRange(ticks, bucket == 0 ? 0 : SessionTally.UpperBoundOf(bucket - 1),
                SessionTally.UpperBoundOf(bucket) - 1);
    }

    [Fact]
    public void Counters_SessionAndInstanceClosed_StayReadable()
    {
        BufferCounters counters;
        using (ViewScenario scenario = new(IoMethod.Sync))
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            counters = session.Counters;
            session.Read(scenario.Fork, 0).Dispose();
        }

        Assert.Equal((1L, 0L), (counters.Reads, counters.Hits));
    }

    private static IoStatistics Row(
        ViewScenario scenario, IoObject what, IoContext context, CountedOperation operation) =>
        Assert.Single(scenario.Instance.GetStatistics().Rows,
            row => row.Object == what && row.Context == context && row.Operation == operation);

    private static void AssertNothingElse(ViewScenario scenario, params CountedOperation[] operations) =>
        Assert.All(scenario.Instance.GetStatistics().Rows.Where(
                row => row.Object != IoObject.Relation || row.Context != IoContext.Normal
                    || !operations.Contains(row.Operation)),
            row => Assert.Equal((0L, 0L, TimeSpan.Zero), (row.Operations, row.Bytes, row.Time)));
}
