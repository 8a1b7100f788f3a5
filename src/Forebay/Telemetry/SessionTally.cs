using System.Numerics;
using System.Runtime.CompilerServices;
using Forebay.Memory;

namespace Forebay.Telemetry;

/// <summary>
/// The counters of one session slot, in the segment, on lines of their own. Only the flow of the session that has the
/// slot writes them, by plain increments; anybody reads them, each a whole number. They are never cleared: a slot's
/// next session counts on, so that sums over all slots only rise, and nothing is lost when a session ends.
/// <code>
/// cells       per purpose and operation: operations, bytes, ticks
/// latencies   per purpose and timed operation: a bucket per power of two
/// events      per pool (shared, temporary) and event
/// </code>
/// </summary>
internal readonly struct SessionTally
{
    public const int Purposes = (int)IoPurpose.LogInit + 1;
    public const int Operations = (int)CountedOperation.Reuse + 1;

    /// <summary>Operations that are timed: those before Hit.</summary>
    public const int TimedOperations = (int)CountedOperation.Hit;

    /// <summary>Bucket b has what took less than 2^(b + 10) ticks and no less than half of that; the last has all
    /// above.</summary>
    public const int Buckets = 24;

    /// <summary>Counters per session: a whole number of pairs of cache lines.</summary>
    public const int Words = 1024;

    private const int CellWords = 3;
    private const int FirstBucketLog = 10;
    private const int Latencies = Purposes * Operations * CellWords;
    private const int Events = Latencies + (Purposes * TimedOperations * Buckets);
    private const int EventKinds = (int)PoolEvent.WriteBackFailure + 1;

    private readonly SegmentArray<long> _words;

    /// <summary>The counters of a slot in the array of all of them.</summary>
    public SessionTally(SegmentArray<long> all, int slot) => _words = all.Part(slot * Words, Words);

    /// <summary>Counts what was done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(IoPurpose purpose, CountedOperation operation, int operations = 1) =>
        _words[Cell(purpose, operation)] += operations;

    /// <summary>Counts an operation and what it transfers.</summary>
    public void Count(IoPurpose purpose, CountedOperation operation, int operations, long bytes)
    {
        int cell = Cell(purpose, operation);
        _words[cell] += operations;
        _words[cell + 1] += bytes;
    }

    /// <summary>Notes how long an operation took.</summary>
    public void Time(IoPurpose purpose, CountedOperation operation, long ticks)
    {
        ticks = Math.Max(ticks, 0);
        _words[Cell(purpose, operation) + 2] += ticks;
        _words[Latency(purpose, operation, BucketOf(ticks))]++;
    }

    /// <summary>Counts something else.</summary>
    public void Count(PoolEvent happened, bool isTemporary) => _words[EventWord(happened, isTemporary)]++;

    /// <summary>Operations so far.</summary>
    public long OperationsOf(IoPurpose purpose, CountedOperation operation) => Read(Cell(purpose, operation));

    /// <summary>Bytes so far.</summary>
    public long BytesOf(IoPurpose purpose, CountedOperation operation) => Read(Cell(purpose, operation) + 1);

    /// <summary>Ticks so far, of operations that are over.</summary>
    public long TicksOf(IoPurpose purpose, CountedOperation operation) => Read(Cell(purpose, operation) + 2);

    /// <summary>Operations of a bucket so far.</summary>
    public long LatencyOf(IoPurpose purpose, CountedOperation operation, int bucket) =>
        Read(Latency(purpose, operation, bucket));

    /// <summary>How often something else has happened.</summary>
    public long EventsOf(PoolEvent happened, bool isTemporary) => Read(EventWord(happened, isTemporary));

    /// <summary>The bucket of a time.</summary>
    public static int BucketOf(long ticks) =>
        Math.Clamp(BitOperations.Log2((ulong)ticks) - FirstBucketLog + 1, 0, Buckets - 1);

    /// <summary>Ticks that are too many for a bucket; meaningless for the last.</summary>
    public static long UpperBoundOf(int bucket) => 1L << (bucket + FirstBucketLog);

    // Acquire, though nothing hangs on it: a recent value, read in one piece.
    private long Read(int word) => Volatile.Read(ref _words[word]);

    private static int Cell(IoPurpose purpose, CountedOperation operation) =>
        (((int)purpose * Operations) + (int)operation) * CellWords;

    private static int Latency(IoPurpose purpose, CountedOperation operation, int bucket) =>
        Latencies + ((((int)purpose * TimedOperations) + (int)operation) * Buckets) + bucket;

    private static int EventWord(PoolEvent happened, bool isTemporary) =>
        Events + (isTemporary ? EventKinds : 0) + (int)happened;
}
