using System.Diagnostics;

namespace Forebay.Microbenchmarks.Pairs;

/// <summary>
/// Lanes at the same work, the first of them the yardstick. They take turns forwards and backwards, so that a machine
/// that drifts drifts for all, and each ratio is of one round.
/// </summary>
internal sealed class PairSeries(string title, Func<IDisposable?> setUp, Func<IReadOnlyList<Lane>> lanes)
{
    // The runtime replaces code that it has seen run for a while; what comes before that is not measured.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(600);

    public string Title => title;

    /// <summary>Runs the series.</summary>
    public PairResult Run(int rounds, TimeSpan turn)
    {
        using IDisposable? state = setUp();
        IReadOnlyList<Lane> all = lanes();
        List<LaneTurn>[] turns = [.. all.Select(_ => new List<LaneTurn>())];
        long[] calls = [.. all.Select(lane => Calibrate(lane, turn))];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < all.Count; i++)
            {
                int at = round % 2 == 0 ? i : all.Count - 1 - i;
                turns[at].Add(Take(all[at], calls[at]));
            }
        }

        return new PairResult(title, [.. all.Select((lane, at) => new LaneResult(lane.Name, turns[at]))]);
    }

    // Warms up until the code is the one that stays, and finds out how many calls make a turn.
    private static long Calibrate(Lane lane, TimeSpan turn)
    {
        long start = Stopwatch.GetTimestamp();
        long calls = 0;
        while (Stopwatch.GetElapsedTime(start) < s_warmUp || calls < 60)
        {
            lane.Work();
            calls++;
        }

        start = Stopwatch.GetTimestamp();
        long counted = Math.Max(1, calls / 4);
        for (long i = 0; i < counted; i++)
            lane.Work();
        return Math.Max(1, (long)(turn / (Stopwatch.GetElapsedTime(start) / counted)));
    }

    private static LaneTurn Take(Lane lane, long calls)
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < calls; i++)
            lane.Work();
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        double cpuNanoseconds = (Environment.CpuUsage.TotalTime - cpu).TotalNanoseconds;
        double operations = (double)calls * lane.Operations;
        return new LaneTurn(
            nanoseconds / operations,
            cpuNanoseconds / operations,
            (GC.GetTotalAllocatedBytes(precise: true) - allocated) / operations);
    }
}
