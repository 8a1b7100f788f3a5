using System.Globalization;
using Forebay.Comparison.Peers;
using Forebay.Comparison.Reporting;

namespace Forebay.Comparison.Running;

/// <summary>The whole comparison: makes the file, runs the series, writes the table.</summary>
internal static class Comparison
{
    private const int RandomDepth = 64;
    private const int SequentialDepth = 32;
    private const int Seed = 42;

    public static int Run(string directory, int mebibytes, int rounds, double seconds, string? output, string? only)
    {
        int pages = mebibytes * 128;
        string file = TestFile.Make(directory, pages, Seed);
        List<SeriesResult> results = [];
        foreach (Series series in All(file, pages))
        {
            if (only is null || series.Title.Contains(only, StringComparison.OrdinalIgnoreCase))
                results.Add(series.Run(rounds, seconds, Seed, Console.Error.WriteLine));
        }

        string settings = string.Create(CultureInfo.InvariantCulture,
            $"File of {mebibytes} MiB, pages of 8 KiB, O_DIRECT, {rounds} rounds interleaved forwards and backwards, "
            + $"random runs of {seconds:0.#} s, seed {Seed}. Ratios are of the same round.");
        string report = MarkdownReport.Write(Machine.Describe(), settings, results);
        Console.Out.WriteLine(report);
        if (output is not null)
            File.WriteAllText(output, report);
        return 0;
    }

    private static IEnumerable<Series> All(string file, int pages)
    {
        yield return new Series("Random pages", [
            new Fio(file, pages, $"fio io_uring 8 KiB, depth {RandomDepth}", "io_uring", true, 8192, RandomDepth),
            new ForebayRandom(file, pages, IoMethod.IoUring, RandomDepth, checksum: true),
            new ForebayRandom(file, pages, IoMethod.IoUring, RandomDepth, checksum: false),
            new ForebayRandom(file, pages, IoMethod.Worker, RandomDepth, checksum: true),
            new ForebayRandom(file, pages, IoMethod.Sync, RandomDepth, checksum: true),
            new RandomAccessAsync(file, pages, RandomDepth),
        ]);
        yield return new Series("Sequential scan", [
            new Fio(
                file, pages, $"fio io_uring 128 KiB, depth {SequentialDepth}", "io_uring",
                random: false, 131072, SequentialDepth),
            new ForebaySequential(file, pages, IoMethod.IoUring, SequentialDepth, checksum: true),
            new ForebaySequential(file, pages, IoMethod.IoUring, SequentialDepth, checksum: false),
            new ForebaySequential(file, pages, IoMethod.Worker, SequentialDepth, checksum: true),
            new ForebaySequential(file, pages, IoMethod.Sync, SequentialDepth, checksum: true),
        ]);
    }
}
