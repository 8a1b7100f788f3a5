using Forebay.Comparison.Records;

namespace Forebay.Comparison.Charts;

/// <summary>The pictures that the project's front page shows, each from the records it needs.</summary>
internal static class AllCharts
{
    private const double CurveMillisecondsMax = 150;

    public static void Write(Func<string, SeriesRecord?> load, string folder)
    {
        string charts = Path.Combine(folder, "charts");
        Directory.CreateDirectory(charts);
        if (load("scan-direct-postgresql") is { } scan)
        {
            Save(charts, "cold-scan", BarChart.Draw(
                "Cold sequential scan of one relation, direct I/O", "MiB/s, median; more is better",
                [.. Ran(scan).Select(ran => new Bar(ran.Name, ran.PagesPerSecond / 128))]));
            Save(charts, "cpu-per-page", BarChart.Draw(
                "The same scan: CPU of all processes and threads", "µs per page of 8 KiB, median; less is better",
                [.. Ran(scan).Select(ran => new Bar(ran.Name, ran.CpuMicrosecondsPerPage))]));
        }

        if (load("random-peers") is { } random)
        {
            Save(charts, "cpu-per-random-page", BarChart.Draw(
                "Random pages, depth 64, direct I/O: CPU", "µs per page of 8 KiB, median; less is better",
                [.. Ran(random).Select(ran => new Bar(ran.Name, ran.CpuMicrosecondsPerPage))]));
        }

        if (load("slow") is { } slow)
            Save(charts, "look-ahead", LookAhead(slow));
        if (load("depths") is { } depths)
            Save(charts, "depths", Depths(depths));
    }

    private static string LookAhead(SeriesRecord slow) => LineChart.Draw(
        "Look-ahead on a device that takes 2 ms", "pages ready or under way when a page is handed out, over time",
        "milliseconds since the stream was opened",
        [.. Ran(slow).Where(ran => ran.Name.Contains(", 2 ms", StringComparison.Ordinal))
            .Where(ran => ran.Runs[0].Curve is { Count: > 1 })
            .Select(ran => new Curve(ran.Name, [.. ran.Runs[0].Curve!.Select(point => (point[0], point[1]))
                .Where(point => point.Item1 <= CurveMillisecondsMax)]))
            .Where(curve => curve.Points.Count > 1)],
        logarithmic: false);

    private static string Depths(SeriesRecord depths) => LineChart.Draw(
        "Random pages against depth, direct I/O", "pages per second, median", "reads in flight",
        [.. Ran(depths).Select(ran => (ran, Depth: DepthOf(ran.Name)))
            .GroupBy(item => item.ran.Name.Split($", depth {item.Depth}")[0])
            .Select(group => new Curve(
                group.Key, [.. group.Select(item => ((double)item.Depth, item.ran.PagesPerSecond))]))],
        logarithmic: true);

    private static int DepthOf(string name) => int.Parse(
        new string([.. name.Split(", depth ")[1].TakeWhile(char.IsDigit)]), null);

    private static IEnumerable<ContenderRecord> Ran(SeriesRecord record) =>
        record.Contenders.Where(contender => contender.Runs.Count > 0);

    private static void Save(string folder, string name, string picture) =>
        File.WriteAllText(Path.Combine(folder, $"{name}.svg"), picture);
}
