using System.Runtime.Intrinsics;
using Forebay.Microbenchmarks.Native;

namespace Forebay.Microbenchmarks.Pairs;

/// <summary>The questions that are asked as a ratio, with the same work as the benchmarks of the same name.</summary>
internal static class AllPairs
{
    private static readonly int[] s_batches = [1, 8, 16, 32];

    public static IEnumerable<PairSeries> All() => [
        .. s_batches.Select(Nops), CachedScan(), Hits(), TwoThreads(), Checksums(), Handles(),
        Mapping(), Clock(), Waits(), Signals(), Snapshots(),
    ];

    /// <summary>Runs those whose title contains the word, and prints or writes what came out.</summary>
    public static int Run(string[] arguments)
    {
        string? only = Option(arguments, "--only");
        int rounds = int.Parse(Option(arguments, "--rounds") ?? "7", null);
        TimeSpan turn = TimeSpan.FromMilliseconds(double.Parse(Option(arguments, "--turn-ms") ?? "150", null));
        List<PairResult> results = [];
        foreach (PairSeries series in All())
        {
            if (only is not null && !series.Title.Contains(only, StringComparison.OrdinalIgnoreCase))
                continue;
            Console.Error.WriteLine(series.Title);
            results.Add(series.Run(rounds, turn));
        }

        if (NativeNops.Missing is { } why)
            Console.Error.WriteLine(why);
        string report = PairReport.Markdown(results, rounds);
        Console.Out.WriteLine(report);
        if (Option(arguments, "--out") is { } path)
        {
            File.WriteAllText(path + ".md", report);
            File.WriteAllText(path + ".json", PairReport.Json(results));
        }

        return 0;
    }

    private static PairSeries Nops(int batch)
    {
        NopBenchmarks bench = new() { Batch = batch };
        bool hasNative = NativeNops.Missing is null;
        return new PairSeries($"NOPs through a ring, batch {batch}",
            () => new State(bench.SetUp, bench.CleanUp),
            () => [
                hasNative
                    ? new Lane("C, raw system calls", NopBenchmarks.Operations, () => bench.C())
                    : new Lane("bare ring (C is missing)", NopBenchmarks.Operations, () => bench.BareRing()),
                new Lane("bare ring", NopBenchmarks.Operations, () => bench.BareRing()),
                new Lane("through handles", NopBenchmarks.Operations, () => bench.Handles()),
            ]);
    }

    private static PairSeries CachedScan()
    {
        CachedScanBenchmarks bench = new();
        return new PairSeries("Cached scan", () => new State(bench.SetUp, bench.CleanUp), () => [
            new Lane("direct loop of hits", CachedScanBenchmarks.Pages, () => bench.ReadLoop()),
            new Lane("the same without the session's door", CachedScanBenchmarks.Pages, () => bench.DirectLoop()),
            new Lane("stream", CachedScanBenchmarks.Pages, () => bench.Stream()),
        ]);
    }

    private static PairSeries Hits()
    {
        BufferHitBenchmarks bench = new();
        return new PairSeries("Buffer hit, one thread", () => new State(bench.SetUp, bench.CleanUp), () => [
            new Lane("interlocked pair", BufferHitBenchmarks.Pages, () => bench.InterlockedPair()),
            new Lane("hit: lookup, pin, unpin", BufferHitBenchmarks.Pages, () => bench.Hit()),
        ]);
    }

    private static PairSeries TwoThreads()
    {
        TwoThreadBenchmarks bench = new();
        return new PairSeries("Two threads", () => new State(bench.SetUp, bench.CleanUp), () => [
            new Lane("private counters, one thread", TwoThreadBenchmarks.Hits, () => bench.OneCounter()),
            new Lane("private counters, two threads", 2 * TwoThreadBenchmarks.Hits, () => bench.PrivateCounters()),
            new Lane("hot page, one thread", TwoThreadBenchmarks.Hits, () => bench.OneHotPage()),
            new Lane("different hot pages, two threads", 2 * TwoThreadBenchmarks.Hits, () => bench.DifferentPages()),
            new Lane("the same hot page, two threads", 2 * TwoThreadBenchmarks.Hits, () => bench.SamePage()),
        ]);
    }

    private static PairSeries Checksums()
    {
        PageChecksumBenchmarks bench = new();
        return new PairSeries("Page checksum, 64 MiB", () => new State(bench.SetUp, null), () => [
            new Lane("vector read", PageChecksumBenchmarks.Pages, () => bench.VectorRead()),
            new Lane("checksum", PageChecksumBenchmarks.Pages, () => bench.Checksum()),
            .. Width("512 bits", Vector512.IsHardwareAccelerated, () => bench.Fold512()),
            .. Width("256 bits", Vector256.IsHardwareAccelerated, () => bench.Fold256()),
            .. Width("128 bits", Vector128.IsHardwareAccelerated, () => bench.Fold128()),
        ]);
    }

    // A width that the processor does not have would be emulated, and say nothing.
    private static Lane[] Width(string name, bool isThere, Action work) =>
        isThere ? [new Lane(name, PageChecksumBenchmarks.Pages, work)] : [];

    private static PairSeries Mapping()
    {
        MappingBenchmarks bench = new();
        return new PairSeries("Mapping lookup", () => new State(bench.SetUp, bench.CleanUp), () => [
            new Lane("found and pinned", MappingBenchmarks.Lookups, () => bench.FindAndPin()),
            new Lane("found under the lock", MappingBenchmarks.Lookups, () => bench.FindUnderLock()),
            new Lane("not there", MappingBenchmarks.Lookups, () => bench.Miss()),
        ]);
    }

    private static PairSeries Clock()
    {
        ClockSweepBenchmarks bench = new();
        return new PairSeries("Clock sweep, per frame", () => new State(bench.SetUp, bench.CleanUp), () => [
            new Lane("every frame free", ClockSweepBenchmarks.Frames, () => bench.FirstFrame()),
            new Lane("every frame used once", 2 * ClockSweepBenchmarks.Frames, () => bench.OnceRound()),
        ]);
    }

    private static PairSeries Waits()
    {
        WaitBenchmarks bench = new();
        return new PairSeries("From signal to wake-up", () => new State(bench.SetUp, bench.CleanUp), () => [
            new Lane("AutoResetEvent", WaitBenchmarks.HandOvers, () => bench.Events()),
            new Lane("wait word", WaitBenchmarks.HandOvers, () => bench.WaitWords()),
        ]);
    }

    private static PairSeries Signals()
    {
        WaitBenchmarks bench = new();
        return new PairSeries("Signal", () => new State(bench.SetUp, bench.CleanUp), () => [
            new Lane("nobody waits", WaitBenchmarks.Signals, () => bench.NobodyWaits()),
        ]);
    }

    private static PairSeries Snapshots()
    {
        SnapshotBenchmarks bench = new();
        return new PairSeries("Snapshot of 10,048 handles in use, per handle",
            () => new State(bench.SetUp, bench.CleanUp), () => [
                new Lane("rows", SnapshotBenchmarks.Handles, () => bench.Rows()),
                new Lane("rows with file and block", SnapshotBenchmarks.Handles, () => bench.Described()),
            ]);
    }

    private static PairSeries Handles()
    {
        HandleBenchmarks bench = new();
        return new PairSeries("Handle, acquire to idle, method completes at once",
            () => new State(bench.SetUp, bench.CleanUp),
            () => [
                new Lane("one by one", HandleBenchmarks.Operations, () => bench.OneByOne()),
                new Lane("sixteen to a batch", HandleBenchmarks.Operations, () => bench.Batches()),
            ]);
    }

    private static string? Option(string[] arguments, string name)
    {
        int at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }

    private sealed class State : IDisposable
    {
        private readonly Action? _cleanUp;

        public State(Action setUp, Action? cleanUp)
        {
            _cleanUp = cleanUp;
            setUp();
        }

        public void Dispose() => _cleanUp?.Invoke();
    }
}
