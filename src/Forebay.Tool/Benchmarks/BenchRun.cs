using System.Runtime.ExceptionServices;
using Forebay.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Tool.Benchmarks;

/// <summary>
/// One run: a new instance, or a shared one whose pool has forgotten the relation; all threads off at once; what it
/// cost.
/// </summary>
internal sealed class BenchRun(BenchRelation relation, BenchOptions options, bool direct)
{
    // Enough for every path of the code to be compiled before the clock runs.
    private const int WarmUpPages = 4096;
    private const int HandlesMax = 1024;
    private const int SessionsOfOthers = 64;

    // A scan of more than this share of the pool goes round in a ring, as in PostgreSQL.
    private const int PoolShareOfLargeScan = 4;

    /// <summary>Measures one method with one pattern, on an instance of its own.</summary>
    /// <exception cref="IoMethodException">The method is refused.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public BenchResult Measure(IoMethod method, BenchBlocks blocks, CancellationToken interruption)
    {
        WarmUp(method, blocks, interruption);
        using ForebayInstance instance = Open(method, sharing: null);
        return Measure(instance, blocks, interruption);
    }

    /// <summary>Measures one pattern on a shared instance.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted.</exception>
    public BenchResult Measure(BenchInstance shared, BenchBlocks blocks, CancellationToken interruption)
    {
        WarmUp(shared.Instance.Method.Effective, blocks, interruption);
        shared.Forget(relation);
        return Measure(shared.Instance, blocks, interruption);
    }

    /// <summary>Opens an instance as is asked for.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="sharing">Under which name it is shared; null = it is not.</param>
    public ForebayInstance Open(IoMethod method, Sharing? sharing) =>
        // Where it is shared, others who attach open sessions of their own.
        ForebayInstance.Open(relation.Folder, new ForebayOptions
    {
        Sharing = sharing,
        BlockBytes = BenchPages.PageBytes,
        BufferPoolBytes = options.PoolBytes,
        SegmentBlocks = relation.SegmentFileBlocks,
        IoMethod = method,
        IoMode = direct ? IoMode.Direct : IoMode.Buffered,
        IoMaxConcurrency = Math.Clamp(options.Concurrency, 1, HandlesMax),
        EffectiveIoConcurrency = options.Concurrency,
        MaxSessions = options.Streams + (sharing is null ? 0 : SessionsOfOthers),
        PageCheck = options.Checksum ? PostgreSqlPageCheck.HeaderAndChecksum : null,
    });

    private void WarmUp(IoMethod method, BenchBlocks blocks, CancellationToken interruption)
    {
        using ForebayInstance instance = Open(method, sharing: null);
        uint end = Math.Min(blocks.Count, WarmUpPages);
        using BenchStream stream = new(
            instance, instance.Relation(relation.Locator).Main, blocks, 0, end, StreamOptions(blocks));
        stream.Run(long.MaxValue, interruption);
    }

    private BenchResult Measure(ForebayInstance instance, BenchBlocks blocks, CancellationToken interruption)
    {
        RelationFork fork = instance.Relation(relation.Locator).Main;
        using (ForebaySession session = instance.OpenSession())
            session.DropFromPageCache(fork);
        List<BenchStream> streams = [];
        try
        {
            for (int part = 0; part < options.Streams; part++)
            {
                uint start = blocks.StartOf(part, options.Streams);
                uint end = blocks.StartOf(part + 1, options.Streams);
                streams.Add(new BenchStream(instance, fork, blocks, start, end, StreamOptions(blocks)));
            }

            Cost cost = Race(streams, interruption);
            return Conclude(instance, blocks, streams, cost);
        }
        finally
        {
            foreach (BenchStream stream in streams)
                stream.Dispose();
        }
    }

    private ReadStreamOptions StreamOptions(BenchBlocks blocks)
    {
        bool isSequential = blocks.Pattern == BenchPattern.Sequential;
        bool isLarge = blocks.Count > options.PoolBytes / BenchPages.PageBytes / PoolShareOfLargeScan;
        return new ReadStreamOptions
        {
            Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching
                | (isSequential ? ReadStreamFlags.Sequential : ReadStreamFlags.None),
            Strategy = isSequential && isLarge ? AccessStrategy.BulkRead : AccessStrategy.Normal,
        };
    }

    private Cost Race(List<BenchStream> streams, CancellationToken interruption)
    {
        using CountdownEvent ready = new(streams.Count);
        using ManualResetEventSlim go = new(initialState: false, spinCount: 0);
        ExceptionDispatchInfo? failure = null;
        long end = long.MaxValue;
        Thread[] threads = new Thread[streams.Count];
        for (int i = 0; i < threads.Length; i++)
        {
            BenchStream stream = streams[i];
            threads[i] = new Thread(() => RunOne(stream)) { IsBackground = true, Name = $"bench {i}" };
            threads[i].Start();
        }

        ready.Wait(CancellationToken.None);
        long bytesBefore = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        long start = TimeProvider.System.GetTimestamp();
        if (options.SecondsMax is { } seconds)
            end = start + (long)(seconds * TimeProvider.System.TimestampFrequency);
        go.Set();
        foreach (Thread thread in threads)
            thread.Join();
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(start);
        TimeSpan cpu = Environment.CpuUsage.TotalTime - cpuBefore;
        long bytes = GC.GetTotalAllocatedBytes(precise: true) - bytesBefore;
        failure?.Throw();
        return new Cost(elapsed.TotalSeconds, cpu.TotalSeconds, bytes);

        void RunOne(BenchStream stream)
        {
            ready.Signal();
            go.Wait(CancellationToken.None);
            try
            {
                stream.Run(Volatile.Read(ref end), interruption);
            }
#pragma warning disable CA1031 // raised again by the thread that waits for all
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            }
        }
    }

    private BenchResult Conclude(
        ForebayInstance instance, BenchBlocks blocks, List<BenchStream> streams, Cost cost)
    {
        const double BytesPerMebibyte = 1 << 20;
        const double MicrosecondsPerSecond = 1e6;
        long pages = streams.Sum(stream => stream.Pages);
        long operations = streams.Sum(stream => stream.Statistics.Operations);
        long operationBlocks = streams.Sum(stream => stream.Statistics.OperationBlocks);
        ulong hash = streams.Aggregate(0UL, (sum, stream) => unchecked(sum + stream.Hash));
        bool isWhole = options.Seconds is null && !streams.Exists(stream => stream.IsCutShort);
        double perSecond = pages / cost.Seconds;
        return new BenchResult
        {
            IoMethod = ForebayNames.Of(instance.Method.Effective),
            Pattern = BenchWords.Of(blocks.Pattern),
            IoDirect = direct,
            Checksum = options.Checksum,
            Streams = options.Streams,
            Pages = pages,
            Seconds = cost.Seconds,
            PagesPerS = perSecond,
            MibPerS = perSecond * BenchPages.PageBytes / BytesPerMebibyte,
            CpuS = cost.CpuSeconds,
            CpuUsPerPage = Ratio(cost.CpuSeconds * MicrosecondsPerSecond, pages),
            Ios = operations,
            PagesPerIo = Ratio(operationBlocks, operations),
            Waits = streams.Sum(stream => stream.Statistics.Waits),
            MaxDistance = streams.Max(stream => stream.Statistics.DistanceMax),
            AllocatedBytesPerPage = Ratio(cost.AllocatedBytes, pages),
            FixedBuffers = instance.Method.FixedBuffers,
            ContentHash = isWhole ? hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture) : null,
            IsContentRight = streams.TrueForAll(stream => stream.IsContentRight(relation)),
        };
    }

    private static double Ratio(double sum, long count) => count == 0 ? 0 : sum / count;

    private readonly record struct Cost(double Seconds, double CpuSeconds, long AllocatedBytes);
}
