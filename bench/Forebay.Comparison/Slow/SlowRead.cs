using Forebay.Comparison.Peers;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Slow;

/// <summary>A stream over a slow device: how fast it gets, and how soon it looks as far ahead as it may.</summary>
internal sealed class SlowRead(DataFile file, bool random, TimeSpan delay, int? depth) : Contender
{
    private const int CurvePointsMax = 250;

    private readonly ForebaySetup _setup = new()
    {
        Mode = IoMode.Buffered,
        Depth = depth,
        Slow = host => new SlowMethod(host, delay),
    };

    public override string Name => $"{(random ? "random" : "sequential")}, {delay.TotalMilliseconds} ms, "
        + (depth is null ? "default settings" : $"depth {depth}");

    public override Measurement Run(Turn turn)
    {
        using ForebayInstance instance = _setup.Open(file);
        using ForebaySession session = instance.OpenSession();
        RelationFork fork = instance.File(file.Path);
        using ReadStream stream = random
            ? session.OpenReadStream(fork, new BlockSequence(RandomBlocks.Permutation(file.Pages, turn.Seed)))
            : session.OpenReadStream(fork, new BlockRange(0, (uint)file.Pages));
        List<Sample> samples = new(1 << 17);
        RunClock clock = new();
        long before = 0;
        while (clock.Seconds < turn.Seconds && stream.TryNext(out PinnedPage page))
        {
            page.Dispose();
            ReadStreamStatistics statistics = stream.Statistics;
            samples.Add(new Sample(
                clock.Seconds * 1000, (int)(statistics.DistanceTotal - before), statistics.Waits));
            before = statistics.DistanceTotal;
        }

        Measurement measured = clock.Stop(samples.Count);
        return measured with { Figures = Figures(stream.Statistics, samples), Curve = Curve(samples) };
    }

    // Full depth: from there on the distance is within one operation of the largest that it ever has.
    private static Dictionary<string, double> Figures(ReadStreamStatistics statistics, List<Sample> samples)
    {
        double operation = Math.Max(1, Math.Ceiling(statistics.BlocksPerOperation));
        int full = samples.Max(sample => sample.Distance);
        int at = samples.FindIndex(sample => sample.Distance > full - operation);
        Sample first = samples[Math.Max(0, at - 1)]; // what is under way here was started after the page before
        return new Dictionary<string, double>
        {
            ["largest distance, pages"] = full,
            ["waits until full depth"] = first.Waits,
            ["ms until full depth"] = first.Milliseconds,
            ["waits allowed"] = 1 + Math.Ceiling(Math.Log2(full)),
        };
    }

    private static List<IReadOnlyList<double>> Curve(List<Sample> samples)
    {
        int step = Math.Max(1, samples.Count / CurvePointsMax);
        return [.. samples.Where((_, at) => at < CurvePointsMax / 2 || at % step == 0)
            .Select(sample => (double[])[Math.Round(sample.Milliseconds, 2), sample.Distance])];
    }

    private readonly record struct Sample(double Milliseconds, int Distance, long Waits);
}
