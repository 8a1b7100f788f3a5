using Forebay.Comparison.Loads;
using Forebay.Comparison.Peers;
using Forebay.Comparison.PostgreSql;
using Forebay.Comparison.Slow;
using Forebay.Interop.IoUring;

namespace Forebay.Comparison.Running;

/// <summary>Series beyond the plain disk.</summary>
internal static partial class AllSeries
{
    private static readonly string s_tool = Path.Combine(AppContext.BaseDirectory, "Forebay.Tool");

    private const int ManyDepth = 16;
    private const int OverloadDepth = 512;

    private static Series Verify(Workplace place) => new(
        "verify", "Checking all pages of a data directory of 2 GiB and more, cold",
        "PostgreSQL 15's pg_checksums reads through the page cache, emptied before each run; forebay verify as it "
            + "comes, compiled ahead of time and, beside it, while it runs. Whole programs, from start to end.", [
            Checking(place, "pg_checksums --check", () => place.WhyNoCluster,
                () => place.Cluster!.Binaries.Program("pg_checksums"), "--check", "-D"),
            Checking(place, "forebay verify", () => place.WhyNoCluster ?? place.Native.Missing,
                () => place.Native.Program, "verify"),
            Checking(place, "forebay verify, compiled while it runs", () => place.WhyNoCluster, () => s_tool, "verify"),
        ]) { Cold = true };

    private static ProgramRun Checking(
        Workplace place, string name, Func<string?> missing, Func<string> program, params string[] arguments) =>
        new(name, missing, program, () => [.. arguments, place.Cluster!.DataDirectory], () => (int)place.ClusterPages);

    private static Series Latency(Workplace place)
    {
        DataFile file = place.Relation;
        return new Series("latency", "Random pages, one at a time", DirectNote, [
            new Fio(file, "io_uring", random: true, 8192, 1),
            new RingReads(file, random: true, 8192, 1, RingThreading.Owned),
            new RingReads(file, random: true, 8192, 1, RingThreading.Shared),
            new ForebayPages(file, new ForebaySetup { Depth = 1 }),
            new ForebayPages(file, new ForebaySetup { Depth = 1, Method = IoMethod.Sync }),
            new ForebayPages(file, new ForebaySetup { Depth = 1, Method = IoMethod.Worker }),
        ]);
    }

    private static Series Depths(Workplace place)
    {
        DataFile file = place.Relation;
        int[] depths = [1, 4, 16, 64, 128];
        return new Series("depths", "Random pages against depth", DirectNote, [
            .. depths.SelectMany(depth => (Contender[])
        [
            new Fio(file, "io_uring", random: true, 8192, depth),
            Stream(file, random: true, IoMethod.IoUring, depth),
            new RandomAccessAsync(file, depth),
        ])]);
    }

    private static Series FastRandom(Workplace place)
    {
        DataFile file = place.InMemory;
        return new Series("fast-random", "No device: random pages of a file in tmpfs",
            "Through the page cache, which is all there is: what the software costs.", [
            new Fio(file, "io_uring", random: true, 8192, 64) { Direct = false },
            new Fio(file, "psync", random: true, 8192, 1) { Direct = false },
            Stream(file, random: true, IoMethod.IoUring, 64, mode: IoMode.Buffered),
            Stream(file, random: true, IoMethod.Worker, 64, mode: IoMode.Buffered),
            Stream(file, random: true, IoMethod.Sync, 64, mode: IoMode.Buffered),
            Stream(file, random: true, IoMethod.Sync, 64, checksums: false, mode: IoMode.Buffered),
            new RandomAccessAsync(file, 64, direct: false),
            new RandomAccessThreads(file, random: true, 1, 8192, direct: false),
            new FileStreamRead(file, random: true),
            new MemoryMappedRead(file, random: true),
        ]);
    }

    private static Series FastScan(Workplace place)
    {
        DataFile file = place.InMemory;
        return new Series("fast-scan", "No device: sequential scan of a file in tmpfs",
            "Through the page cache, which is all there is: what the software costs.", [
            new Fio(file, "psync", random: false, 131_072, 1) { Direct = false },
            Stream(file, random: false, IoMethod.IoUring, 32, mode: IoMode.Buffered),
            Stream(file, random: false, IoMethod.Worker, 32, mode: IoMode.Buffered),
            Stream(file, random: false, IoMethod.Sync, 32, mode: IoMode.Buffered),
            Stream(file, random: false, IoMethod.Sync, 32, checksums: false, mode: IoMode.Buffered),
            new FileStreamRead(file, random: false),
            new RandomAccessThreads(file, random: false, 1, 131_072, direct: false),
            new MemoryMappedRead(file, random: false),
        ]);
    }

    private static Series SlowDevice(Workplace place)
    {
        DataFile file = place.InMemory;
        double[] delays = [0.5, 2, 10];
        return new Series("slow", "A device that takes 0.5, 2 or 10 ms",
            "Any number of operations at once, each finished that long after it was submitted. The first contender has "
                + "no look-ahead. Allowed waits: 1 + ⌈log2(full distance)⌉.",
            [.. delays.SelectMany(milliseconds => (Contender[])
            [
                new SlowRead(file, random: true, TimeSpan.FromMilliseconds(milliseconds), 1),
                new SlowRead(file, random: true, TimeSpan.FromMilliseconds(milliseconds), null),
                new SlowRead(file, random: true, TimeSpan.FromMilliseconds(milliseconds), 64),
                new SlowRead(file, random: false, TimeSpan.FromMilliseconds(milliseconds), null),
            ])]);
    }

    private static Series Overload(Workplace place)
    {
        DataFile file = place.Relation;
        int[] offered = [512, 1024, 2048, 4096];
        return new Series("overload", "More offered than the device takes", DirectNote
            + $" Forebay: streams of depth {OverloadDepth} on threads of their own, random pages; the clock is at the "
            + "door of io_uring_enter, calls that submit and do not wait.", [
            new Fio(file, "io_uring", random: true, 8192, 64),
            .. offered.Select(depth => new Fio(file, "io_uring", random: true, 8192, depth)),
            .. offered.Select(depth => new ManyStreams(
                file, random: true, depth / OverloadDepth, new ForebaySetup { Depth = OverloadDepth },
                $"Forebay io_uring, {depth} offered")),
        ]);
    }

    private static Series Many(DataFile file, bool random)
    {
        int[] counts = [1, 4, 16, 64];
        return new Series(
            random ? "many-random" : "many-scan",
            random ? "Many streams at once, random pages" : "Many streams at once, each its part in order",
            DirectNote + $" Each with its own session and thread, depth {ManyDepth}, checksums.",
            [.. counts.Select(count => new ManyStreams(
                file, random, count, new ForebaySetup { Depth = ManyDepth },
                count == 1 ? "1 stream" : $"{count} streams"))]);
    }

    private static Series EarlyStops(Workplace place)
    {
        int[] counts = [1, 10, 100];
        ForebaySetup slow = new()
        {
            Mode = IoMode.Buffered, Slow = host => new SlowMethod(host, TimeSpan.FromMilliseconds(2)),
        };
        return new Series("early-stop", "Consumers that take a few pages of a sequential stream and go",
            "Pages that were read and never used; direct, and a device that takes 2 ms.", [
            .. counts.Select(count => new EarlyStop(place.Relation, count, new ForebaySetup())),
            .. counts.Select(count => new EarlyStop(place.InMemory, count, slow)),
        ]);
    }

    private static Series Memory(Workplace place) => new(
        "memory", "Memory beyond the pool", "Resident memory of a process of its own.", [
            new MemoryProbe(place.Relation, IoMethod.IoUring),
            new MemoryProbe(place.Relation, IoMethod.Worker),
        ]);

    private static ForebayStream Stream(
        DataFile file, bool random, IoMethod method, int depth, bool checksums = true, IoMode mode = IoMode.Direct) =>
        new(file, random, new ForebaySetup { Method = method, Depth = depth, Checksums = checksums, Mode = mode });

    private static PostgresScan Count(Workplace place, string method, bool direct, params string[] settings) =>
        new(place, "count(*)", method, direct, PostgresCluster.CountAll, () => place.Relation.Pages)
        {
            Settings = settings,
        };
}
