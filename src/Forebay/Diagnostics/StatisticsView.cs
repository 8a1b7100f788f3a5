using System.Diagnostics;
using Forebay.Memory;
using Forebay.Telemetry;

namespace Forebay.Diagnostics;

/// <summary>The counters of all session slots, summed up by who looks.</summary>
internal sealed class StatisticsView(SegmentArray<long> tallies)
{
    private const long NanosecondsPerTick = 100;

    private readonly SessionTally[] _slots =
        [.. Enumerable.Range(0, tallies.Length / SessionTally.Words).Select(slot => new SessionTally(tallies, slot))];

    /// <summary>All rows.</summary>
    public List<IoStatistics> TakeRows()
    {
        List<IoStatistics> rows = [];
        for (int purpose = 0; purpose < SessionTally.Purposes; purpose++)
        {
            for (int operation = 0; operation < SessionTally.Operations; operation++)
            {
                if (IsPossible((IoPurpose)purpose, (CountedOperation)operation))
                    rows.Add(Row((IoPurpose)purpose, (CountedOperation)operation));
            }
        }

        return rows;
    }

    /// <summary>What was met with in a pool.</summary>
    public PoolStatistics TakePool(bool isTemporary) => new(
        EventsOf(PoolEvent.Joined, isTemporary),
        EventsOf(PoolEvent.Wait, isTemporary),
        EventsOf(PoolEvent.Bisection, isTemporary),
        EventsOf(PoolEvent.WriteBackFailure, isTemporary));

    private long EventsOf(PoolEvent happened, bool isTemporary)
    {
        long sum = 0; // not by Sum, which throws where a damaged segment has numbers that no count reaches
        foreach (SessionTally slot in _slots)
            sum += slot.EventsOf(happened, isTemporary);
        return sum;
    }

    private IoStatistics Row(IoPurpose purpose, CountedOperation operation)
    {
        long operations = 0;
        long bytes = 0;
        long ticks = 0;
        bool isTimed = (int)operation < SessionTally.TimedOperations;
        Span<long> buckets = stackalloc long[SessionTally.Buckets];
        foreach (SessionTally slot in _slots)
        {
            operations += slot.OperationsOf(purpose, operation);
            bytes += slot.BytesOf(purpose, operation);
            if (!isTimed)
                continue;
            ticks += slot.TicksOf(purpose, operation);
            for (int bucket = 0; bucket < buckets.Length; bucket++)
                buckets[bucket] += slot.LatencyOf(purpose, operation, bucket);
        }

        (IoObject what, IoContext context) = Split(purpose);
        return new IoStatistics(what, context, operation, operations, bytes, TimeOf(ticks),
            isTimed ? Buckets(buckets) : []);
    }

    private static LatencyBucket[] Buckets(ReadOnlySpan<long> counts)
    {
        LatencyBucket[] buckets = new LatencyBucket[counts.Length];
        for (int bucket = 0; bucket < counts.Length; bucket++)
        {
            TimeSpan below = bucket == counts.Length - 1
                ? Timeout.InfiniteTimeSpan
                : TimeOf(SessionTally.UpperBoundOf(bucket));
            buckets[bucket] = new LatencyBucket(below, counts[bucket]);
        }

        return buckets;
    }

    private static TimeSpan TimeOf(long ticks) =>
        Stopwatch.Frequency == TimeSpan.TicksPerSecond * NanosecondsPerTick
            ? TimeSpan.FromTicks(ticks / NanosecondsPerTick)
            : Stopwatch.GetElapsedTime(0, ticks);

    private static (IoObject What, IoContext Context) Split(IoPurpose purpose) => purpose switch
    {
        IoPurpose.Relation => (IoObject.Relation, IoContext.Normal),
        IoPurpose.RelationBulkRead => (IoObject.Relation, IoContext.BulkRead),
        IoPurpose.RelationBulkWrite => (IoObject.Relation, IoContext.BulkWrite),
        IoPurpose.RelationVacuum => (IoObject.Relation, IoContext.Vacuum),
        IoPurpose.Temporary => (IoObject.TemporaryRelation, IoContext.Normal),
        IoPurpose.Log => (IoObject.Log, IoContext.Normal),
        IoPurpose.LogInit => (IoObject.Log, IoContext.Init),
        _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, null),
    };

    // A log is not in the pool; only rings have frames of their own.
    private static bool IsPossible(IoPurpose purpose, CountedOperation operation) => operation switch
    {
        CountedOperation.Read or CountedOperation.Write or CountedOperation.Fsync => true,
        CountedOperation.Extend or CountedOperation.Writeback or CountedOperation.Hit or CountedOperation.Eviction =>
            purpose <= IoPurpose.Temporary,
        CountedOperation.Reuse => purpose is IoPurpose.RelationBulkRead or IoPurpose.RelationBulkWrite
            or IoPurpose.RelationVacuum,
        _ => false,
    };
}
