using System.Diagnostics;
using Forebay.Comparison.Running;
using Forebay.PostgreSql.Pages;
using Forebay.Streams;

namespace Forebay.Comparison.Peers;

/// <summary>What the runs of Forebay have in common: the instance's settings and the consumer's loop.</summary>
internal static class ForebayRuns
{
    private const int WarmUpPages = 30_000;

    public static ForebayInstance Open(string file, IoMethod method, int depth, bool checksum) =>
        ForebayInstance.Open(Path.GetDirectoryName(Path.GetFullPath(file))!, new ForebayOptions
        {
            IoMethod = method,
            IoDirect = true,
            ReadOnly = true,
            BufferPoolBytes = 256L << 20,
            SegmentBlocks = 1 << 24, // one file, whatever its size
            EffectiveIoConcurrency = depth,
            IoMaxConcurrency = Math.Min(1024, depth + 8),
            PageCheck = checksum ? PostgreSqlPageCheck.ChecksumOnly : null,
        });

    /// <summary>
    /// Takes pages until there are none or the time is over; the first ones, ramp-up and JIT, do not count.
    /// </summary>
    public static Measurement Consume(ReadStream stream, double seconds)
    {
        long taken = 0;
        while (taken < WarmUpPages && stream.TryNext(out PinnedPage page))
        {
            page.Dispose();
            taken++;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        double cpu = CpuClock.Seconds;
        long start = Stopwatch.GetTimestamp();
        long counted = 0;
        while (stream.TryNext(out PinnedPage page))
        {
            page.Dispose();
            counted++;
            if ((counted & 63) == 0 && Stopwatch.GetElapsedTime(start).TotalSeconds >= seconds)
                break;
        }

        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double cpuSeconds = CpuClock.Seconds - cpu;
        return new Measurement(counted, elapsed, cpuSeconds, GC.GetAllocatedBytesForCurrentThread() - allocated);
    }
}
