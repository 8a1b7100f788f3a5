using System.Diagnostics;
using Forebay.Interop.IoUring;

namespace Forebay.Comparison.Loads;

/// <summary>The real kernel with a clock at the door: how long a call takes that submits and does not wait.</summary>
internal sealed unsafe class TimingKernel : IRingKernel
{
    private const int BucketsMax = 1 << 16; // microseconds; the last one holds what is longer

    private readonly long[] _microseconds = new long[BucketsMax];
    private long _submitted;

    public int Setup(uint entries, RingParameters* parameters) => RingKernel.Instance.Setup(entries, parameters);

    public int Enter(
        int ring, uint submitCount, uint completeMin, RingEnterFlags flags, void* argument, nuint argumentSize)
    {
        if (submitCount == 0 || completeMin > 0)
            return RingKernel.Instance.Enter(ring, submitCount, completeMin, flags, argument, argumentSize);
        long start = Stopwatch.GetTimestamp();
        int result = RingKernel.Instance.Enter(ring, submitCount, completeMin, flags, argument, argumentSize);
        int bucket = Math.Min(BucketsMax - 1, (int)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        Interlocked.Increment(ref _microseconds[bucket]);
        Interlocked.Add(ref _submitted, Math.Max(0, result));
        return result;
    }

    public int Register(int ring, RingRegisterOperation operation, void* argument, uint count) =>
        RingKernel.Instance.Register(ring, operation, argument, count);

    /// <summary>What was seen so far.</summary>
    public Dictionary<string, double> Figures()
    {
        long calls = _microseconds.Sum();
        return new Dictionary<string, double>
        {
            ["enter p50 µs"] = Below(calls, 0.50),
            ["enter p99.9 µs"] = Below(calls, 0.999),
            ["enter longest µs"] = Below(calls, 1),
            ["I/Os/enter"] = _submitted / (double)Math.Max(1, calls),
        };
    }

    private double Below(long calls, double share)
    {
        long seen = 0;
        for (int bucket = 0; bucket < BucketsMax; bucket++)
        {
            seen += _microseconds[bucket];
            if (seen >= share * calls)
                return bucket + 1;
        }

        return BucketsMax;
    }
}
