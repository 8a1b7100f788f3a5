using Forebay.Comparison.Loads;
using Forebay.Comparison.Records;

namespace Forebay.Comparison.Goals;

/// <summary>The project's goals against what was measured; a ratio is the median of ratios of the same round.</summary>
internal sealed class AllGoals(Func<string, SeriesRecord?> load, PairFile pairs)
{
    private const string Ring = "Forebay ring alone (owned)";
    private const string Nops = "NOPs through a ring, batch 16";
    private static readonly int[] s_depths = [32, 64, 96];
    private static readonly IoMethod[] s_methods = [IoMethod.Worker, IoMethod.IoUring];

    public IReadOnlyList<Goal> All() =>
    [
        new("random 8 KiB, depth 32/64/96, ring layer, IOPS ÷ fio", "≥ 0.99",
            Each(depth => Rate($"random-{depth}", Ring), 0.99, true)),
        new("the same through pool and stream with checksums", "≥ 0.97",
            Each(depth => Rate($"random-{depth}", Stream(depth)), 0.97, true)),
        new("sequential through pool and stream with checksums, bandwidth ÷ fio 128 KiB depth 32", "≥ 0.97",
            [new("", Rate("scan-direct", Stream(32)), 0.97, true)]),
        new("CPU per random page ÷ fio: ring layer", "≤ 1.05",
            Each(depth => Cpu($"random-{depth}", Ring), 1.05, false)),
        new("CPU per random page ÷ fio: pool and stream with checksums", "≤ 1.30",
            Each(depth => Cpu($"random-{depth}", Stream(depth)), 1.30, false)),
        new("latency at depth 1 ÷ fio, p50 / p99", "≤ 1.03 / 1.10", [
            new("ring, p50", Latency(Ring, "p50 µs"), 1.03, false),
            new("ring, p99", Latency(Ring, "p99 µs"), 1.10, false),
            new("page of the pool, p50", Latency("Forebay io_uring", "p50 µs"), 1.03, false),
            new("page of the pool, p99", Latency("Forebay io_uring", "p99 µs"), 1.10, false),
        ]),
        new("I/Os per enter, depth 32/64/96, pool and stream", "≥ 8",
            Each(depth => Figure($"random-{depth}", Stream(depth), "I/Os/enter"), 8, true)),
        new("NOPs, one thread, batch 16: bare ring ÷ C; through handles ÷ bare ring", "≥ 0.85; ≥ 0.4", [
            new("ring", pairs.Rate(Nops, "bare ring", "C, raw system calls"), 0.85, true),
            new("handles", pairs.Rate(Nops, "through handles", "bare ring"), 0.4, true),
        ]),
        new("allocated bytes per page once started", "0", [
            Allocated("Forebay io_uring, depth 64", "io_uring"),
            Allocated("Forebay worker", "worker"),
            Allocated("Forebay sync", "sync"),
        ]),
        Hit(),
        new("cached scan through a stream ÷ direct loop of hits", "≥ 0.95",
            [new("", pairs.Rate("Cached scan", "stream", "direct loop of hits"), 0.95, true)]),
        new("page checksum, one core ÷ plain vector read of the same 64 MiB", "≥ 0.8",
            [new("", pairs.Rate("Page checksum, 64 MiB", "checksum", "vector read"), 0.8, true)]),
        .. LookAhead(),
        .. Many(),
        new("offered depth 4,096: p99.9 of the time in one enter call, µs", "< 1000",
            [new("", Figure("overload", "Forebay io_uring, 4096", "enter p99.9 µs"), 1000, false)]),
        new("CPU per page ÷ RandomAccess.ReadAsync, depth 64", "≤ 0.4", [
            new("", Against("random-peers", Stream(64), "RandomAccess.ReadAsync", run => run.CpuMicrosecondsPerPage),
                0.4, false),
        ]),
        .. Postgres(),
        new("two processes scanning disjoint halves ÷ one process with two sessions, shared", "≥ 0.9",
            [.. Halves("shared-cached", "in the pool"), .. Halves("shared-disk", "from disk")]),
        new("one process with two sessions: shared ÷ private", "≥ 0.95",
            [.. Private("shared-cached", "in the pool"), .. Private("shared-disk", "from disk")]),
        new("random pages at default settings, direct, ÷ fio depth 64", "≥ 0.95",
            [new("", Rate("random-64", "Forebay auto, default settings"), 0.95, true)]),
        new("verify ÷ pg_checksums, cold, ≥ 2 GiB: time; CPU", "≤ 1.02; ≤ 0.5", [
            new("time", 1 / Rate("verify", "forebay verify"), 1.02, false),
            new("CPU", Cpu("verify", "forebay verify"), 0.5, false),
        ]),
        new("memory beyond a 256 MiB pool at 16 sessions, %", "< 2",
            [new("", Figure("memory", "Forebay io_uring", "% of the pool"), 2, false)]),
    ];

    private Goal Hit()
    {
        const string Threads = "Two threads";
        double pages = pairs.Nanoseconds(Threads, "hot page, one thread")
            / pairs.Nanoseconds(Threads, "different hot pages, two threads");
        double counters = pairs.Nanoseconds(Threads, "private counters, one thread")
            / pairs.Nanoseconds(Threads, "private counters, two threads");
        return new Goal(
            "buffer hit, one thread, ns; gain of a second thread on different hot pages ÷ on private counters",
            "≤ 25; ≥ 0.95", [
                new("ns", pairs.Nanoseconds("Buffer hit, one thread", "hit: lookup, pin, unpin"), 25, false),
                new("second thread", pages / counters, 0.95, true),
            ]);
    }

    private IEnumerable<Goal> LookAhead()
    {
        SeriesRecord? slow = load("slow");
        yield return new Goal("look-ahead on 2 ms: waits until full depth", "≤ 1 + ⌈log2(full distance)⌉", [
            .. (slow?.Contenders ?? []).Where(ran => ran.Runs.Count > 0
                    && ran.Name.Contains(", 2 ms", StringComparison.Ordinal)
                    && !ran.Name.EndsWith("depth 1", StringComparison.Ordinal))
                .Select(ran => new GoalFigure(
                    ran.Name, ran.Figure("waits until full depth"), ran.Figure("waits allowed"), false)),
        ]);
        yield return new Goal("pages wasted by an early stop, worst, after 1 / 10 / 100 pages", "≤ max(16, 10 %)", [
            .. (load("early-stop")?.Contenders ?? []).Where(ran => ran.Runs.Count > 0).Select(ran => new GoalFigure(
                ran.Name.Split(", ")[0].Replace("Forebay ", string.Empty, StringComparison.Ordinal)
                    + ", " + ran.Name.Split(", ")[^1],
                ran.Runs.Max(run => run.Figure("wasted pages, worst")), ran.Figure("allowed"), false)),
        ]);
    }

    private IEnumerable<Goal> Many()
    {
        foreach (string work in (string[])["random", "scan"])
        {
            string slug = $"many-{work}";
            yield return new Goal($"64 streams, {work}: aggregate ÷ single; Jain fairness", "≥ 0.95; ≥ 0.95", [
                new("aggregate", Rate(slug, "64 streams"), 0.95, true),
                new("fairness", Figure(slug, "64 streams", "Jain fairness"), 0.95, true),
            ]);
        }
    }

    private IEnumerable<Goal> Postgres()
    {
        const string Slug = "scan-direct-postgresql";
        const double PagesPerGigabyte = 1e9 / 8192;
        SeriesRecord? record = load(Slug);
        ContenderRecord? best = record?.Contenders
            .Where(ran => ran.Runs.Count > 0 && ran.Name.StartsWith("PostgreSQL", StringComparison.Ordinal))
            .MaxBy(ran => ran.PagesPerSecond);
        double time = best is null ? double.NaN : Against(Slug, Stream(32), best.Name, run => 1 / run.PagesPerSecond);
        double cpu = (record?.Find(Stream(32))?.CpuMicrosecondsPerPage ?? double.NaN) * PagesPerGigabyte / 1e6;
        yield return new Goal(
            "cold sequential scan with checksums, direct ÷ PostgreSQL 18's best method there: time; CPU of all, s/GB",
            "≤ 0.8; ≤ 0.25", [new("time", time, 0.8, false), new("s/GB", cpu, 0.25, false)]);
    }

    private IEnumerable<GoalFigure> Halves(string slug, string where) => s_methods.Select(method => new GoalFigure(
        $"{where}, {ForebayNames.Of(method)}", Against(slug, SharedScan.NameOf(method, shared: true, processes: 2),
            SharedScan.NameOf(method, shared: true, processes: 1), run => run.PagesPerSecond), 0.9, true));

    private IEnumerable<GoalFigure> Private(string slug, string where) => s_methods.Select(method => new GoalFigure(
        $"{where}, {ForebayNames.Of(method)}", Against(slug, SharedScan.NameOf(method, shared: true, processes: 1),
            SharedScan.NameOf(method, shared: false, processes: 1), run => run.PagesPerSecond), 0.95, true));

    private static string Stream(int depth) => $"Forebay io_uring, depth {depth}, checksums";

    private static IReadOnlyList<GoalFigure> Each(Func<int, double> figure, double limit, bool atLeast) =>
        [.. s_depths.Select(depth => new GoalFigure($"{depth}", figure(depth), limit, atLeast))];

    private GoalFigure Allocated(string contender, string name) =>
        new(name, Math.Round(Figure("random-peers", contender, "bytes/page once started"), 2), 0, false);

    private double Rate(string slug, string contender) =>
        load(slug) is { } record && record.Find(contender) is { } found
            ? Statistics.Median(record.RateRatios(found))
            : double.NaN;

    private double Cpu(string slug, string contender) =>
        load(slug) is { } record && record.Find(contender) is { } found
            ? Statistics.Median(record.CpuRatios(found))
            : double.NaN;

    private double Latency(string contender, string figure) =>
        load("latency") is { } record && record.Find(contender) is { } found
            ? Statistics.Median(record.FigureRatios(found, figure))
            : double.NaN;

    private double Figure(string slug, string contender, string figure) =>
        load(slug)?.Find(contender)?.Figure(figure) ?? double.NaN;

    private double Against(string slug, string contender, string against, Func<Measurement, double> figure) =>
        load(slug) is { } record && record.Find(contender) is { } found && record.Find(against) is { } other
            ? Statistics.Median(SeriesRecord.Ratios(found, other, figure))
            : double.NaN;
}
