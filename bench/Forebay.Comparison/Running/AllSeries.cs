using Forebay.Comparison.Loads;
using Forebay.Comparison.Peers;
using Forebay.Comparison.PostgreSql;
using Forebay.Interop.IoUring;

namespace Forebay.Comparison.Running;

/// <summary>Which series there are, in the order of the report.</summary>
internal static partial class AllSeries
{
    private const string DirectNote = "O_DIRECT.";
    private const string ColdNote = "Through the page cache, which is emptied before each run.";
    private const int BitmapBelow = 16_000;

    public static IReadOnlyList<SeriesPlan> Plans { get; } =
    [
        new("random-32", place => RandomAt(place.Relation, 32)),
        new("random-64", Random64),
        new("random-96", place => RandomAt(place.Relation, 96)),
        new("random-peers", RandomPeers),
        new("scan-direct", ScanDirect),
        new("scan-direct-postgresql", ScanDirectPostgres),
        new("scan-buffered", ScanBuffered),
        new("scan-buffered-postgresql", ScanBufferedPostgres),
        new("random-buffered", RandomBuffered),
        new("bitmap", Bitmap),
        new("count", CountRows),
        new("verify", Verify),
        new("latency", Latency),
        new("depths", Depths, Seconds: 0.5),
        new("fast-random", FastRandom, Seconds: 0.5),
        new("fast-scan", FastScan),
        new("slow", SlowDevice, Rounds: 3, Seconds: 0.6),
        new("overload", Overload),
        new("many-random", place => Many(place.Relation, random: true)),
        new("many-scan", place => Many(place.Relation, random: false)),
        new("shared-cached", SharedCached),
        new("shared-disk", SharedDisk),
        new("early-stop", EarlyStops, Rounds: 3),
        new("memory", Memory, Rounds: 3),
    ];

    private static Series RandomAt(DataFile file, int depth) => new(
        $"random-{depth}", $"Random pages, depth {depth}", DirectNote, [
            new Fio(file, "io_uring", random: true, 8192, depth),
            new RingReads(file, random: true, 8192, depth, RingThreading.Owned),
            new RingReads(file, random: true, 8192, depth, RingThreading.Shared),
            Stream(file, random: true, IoMethod.IoUring, depth),
        ]);

    private static Series Random64(Workplace place)
    {
        DataFile file = place.Relation;
        Series common = RandomAt(file, 64);
        return common with
        {
            Contenders =
            [
                .. common.Contenders,
                Stream(file, random: true, IoMethod.IoUring, 64, checksums: false),
                new ForebayStream(file, random: true, new ForebaySetup { Method = IoMethod.Auto }),
            ],
        };
    }

    private static Series RandomPeers(Workplace place)
    {
        DataFile file = place.Relation;
        return new Series("random-peers", "Random pages, depth 64, every method and peer", DirectNote, [
            new Fio(file, "io_uring", random: true, 8192, 64),
            Stream(file, random: true, IoMethod.IoUring, 64),
            Stream(file, random: true, IoMethod.Worker, 64),
            Stream(file, random: true, IoMethod.Sync, 64),
            new ForebayPages(file, new ForebaySetup { Depth = 1 }),
            new Fio(file, "psync", random: true, 8192, 1) { Jobs = 64 },
            new RandomAccessAsync(file, 64),
            new RandomAccessThreads(file, random: true, 64, 8192),
        ]);
    }

    private static Series ScanDirect(Workplace place)
    {
        DataFile file = place.Relation;
        return new Series("scan-direct", "Sequential scan, direct", DirectNote, [
            new Fio(file, "io_uring", random: false, 131_072, 32),
            new RingReads(file, random: false, 131_072, 32, RingThreading.Owned),
            Stream(file, random: false, IoMethod.IoUring, 32),
            Stream(file, random: false, IoMethod.IoUring, 32, checksums: false),
            Stream(file, random: false, IoMethod.Worker, 32),
            Stream(file, random: false, IoMethod.Worker, 32, checksums: false),
            Stream(file, random: false, IoMethod.Sync, 32),
            new Fio(file, "psync", random: false, 131_072, 1),
            new RandomAccessThreads(file, random: false, 1, 131_072),
            new RandomAccessThreads(file, random: false, 4, 131_072),
        ]);
    }

    private static Series ScanDirectPostgres(Workplace place)
    {
        DataFile file = place.Relation;
        return new Series("scan-direct-postgresql", "Cold sequential scan, direct, beside PostgreSQL 18", DirectNote
            + " PostgreSQL counts rows (count(*)), Forebay hands out checked pages. " + BaselineNotes.CountDirect, [
            new Fio(file, "io_uring", random: false, 131_072, 32),
            Stream(file, random: false, IoMethod.IoUring, 32),
            Stream(file, random: false, IoMethod.Worker, 32),
            Count(place, "sync", direct: true),
            Count(place, "worker", direct: true),
            Count(place, "worker", direct: true, "io_workers=8"),
        ]);
    }

    private static Series ScanBuffered(Workplace place)
    {
        DataFile file = place.Relation;
        return new Series("scan-buffered", "Sequential scan, buffered, cold", ColdNote, [
            new Fio(file, "io_uring", random: false, 131_072, 32) { Direct = false },
            new Fio(file, "psync", random: false, 131_072, 1) { Direct = false },
            Stream(file, random: false, IoMethod.IoUring, 32, mode: IoMode.Buffered),
            Stream(file, random: false, IoMethod.Worker, 32, mode: IoMode.Buffered),
            Stream(file, random: false, IoMethod.Sync, 32, mode: IoMode.Buffered),
            Stream(file, random: false, IoMethod.IoUring, 32, mode: IoMode.Uncached),
            new FileStreamRead(file, random: false),
            new RandomAccessThreads(file, random: false, 1, 131_072, direct: false),
            new MemoryMappedRead(file, random: false),
        ]) { Cold = true };
    }

    private static Series ScanBufferedPostgres(Workplace place)
    {
        DataFile file = place.Relation;
        return new Series("scan-buffered-postgresql", "Cold sequential scan, buffered, beside PostgreSQL 18",
            ColdNote + " " + BaselineNotes.CountBuffered, [
            new Fio(file, "io_uring", random: false, 131_072, 32) { Direct = false },
            Stream(file, random: false, IoMethod.IoUring, 32, mode: IoMode.Buffered),
            Stream(file, random: false, IoMethod.Worker, 32, mode: IoMode.Buffered),
            Count(place, "sync", direct: false),
            Count(place, "worker", direct: false),
        ]) { Cold = true };
    }

    private static Series RandomBuffered(Workplace place)
    {
        DataFile file = place.Relation;
        return new Series("random-buffered", "Random pages, buffered, cold", ColdNote, [
            new Fio(file, "io_uring", random: true, 8192, 64) { Direct = false },
            Stream(file, random: true, IoMethod.IoUring, 64, mode: IoMode.Buffered),
            Stream(file, random: true, IoMethod.Worker, 64, mode: IoMode.Buffered),
            Stream(file, random: true, IoMethod.Sync, 64, mode: IoMode.Buffered),
            new RandomAccessAsync(file, 64, direct: false),
            new FileStreamRead(file, random: true),
            new MemoryMappedRead(file, random: true),
        ]) { Cold = true };
    }

    private static Series Bitmap(Workplace place)
    {
        DataFile file = place.Relation;
        Lazy<uint[]> blocks = new(() => place.Postgres!.Blocks(BitmapBelow));
        Contender Scan(string method, params string[] settings) => new PostgresScan(
            place, "bitmap heap scan", method, true, PostgresCluster.CountBelow(BitmapBelow),
            () => blocks.Value.Length) { Settings = settings };
        Contender Pages(ForebaySetup setup) => new BlockList(
            file, () => place.Postgres is null
                ? [.. RandomBlocks.Permutation(file.Pages, 42).Take(file.Pages / 9).Order()]
                : blocks.Value,
            setup);
        return new Series("bitmap", "About a ninth of the pages, in order: bitmap heap scan, direct", DirectNote
            + " PostgreSQL's time and CPU include its index and tuples. " + BaselineNotes.Bitmap, [
            new Fio(file, "io_uring", random: true, 8192, 64),
            Pages(new ForebaySetup { Method = IoMethod.Auto }),
            Pages(new ForebaySetup { Depth = 64 }),
            Scan("sync"),
            Scan("worker"),
            Scan("worker", "effective_io_concurrency=64"),
            Scan("worker", "effective_io_concurrency=64", "io_workers=8"),
        ]);
    }
}
