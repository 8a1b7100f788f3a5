using System.Globalization;
using System.Text;
using Forebay.Comparison.Records;

namespace Forebay.Comparison.Reporting;

/// <summary>The tables that are recorded: every figure beside its ratio to the yardstick of the same round.</summary>
internal static class MarkdownReport
{
    public static void Append(StringBuilder text, SeriesRecord record)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {record.Title}\n\n{record.Settings.Trim()}\n\n");
        bool hasRates = record.Contenders.Any(contender => contender.Runs.Any(run => run.Pages > 0));
        bool hasCpu = record.Contenders.Any(contender => contender.Runs.Any(run => run.CpuSeconds > 0));
        string[] figures = [.. record.Contenders.SelectMany(contender => contender.FigureNames).Distinct()
            .Where(figure => figure != "bytes seen")];
        List<string> columns = ["contender"];
        if (hasRates)
            columns.AddRange(["pages/s", "MiB/s", "÷ first, median", "÷ first, worst"]);
        if (hasRates && hasCpu)
            columns.AddRange(["CPU µs/page", "CPU ÷ first, median", "CPU ÷ first, worst", "bytes allocated/page"]);
        columns.AddRange(figures);
        Row(text, columns);
        Row(text, columns.Select(_ => "---"));
        foreach (ContenderRecord contender in record.Contenders)
        {
            if (contender.Runs.Count == 0)
            {
                Row(text, [contender.Name, $"missing: {contender.Missing ?? "not run"}",
                    .. Enumerable.Repeat(string.Empty, Math.Max(0, columns.Count - 2))]);
                continue;
            }

            List<string> cells = [contender.Name];
            if (hasRates)
                cells.AddRange(Rates(record, contender));
            if (hasRates && hasCpu)
                cells.AddRange(Costs(record, contender));
            cells.AddRange(figures.Select(figure => Number(contender.Figure(figure))));
            Row(text, cells);
        }
    }

    public static string Number(double value) => double.IsNaN(value)
        ? "-"
        : value.ToString(Math.Abs(value) switch
        {
            >= 1000 => "0",
            >= 100 => "0.#",
            >= 1 => "0.##",
            _ => "0.###",
        }, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Rates(SeriesRecord record, ContenderRecord contender)
    {
        double[] ratios = record.RateRatios(contender);
        return [
            Number(contender.PagesPerSecond), Number(contender.PagesPerSecond / 128),
            Number(Statistics.Median(ratios)), Number(ratios.Length == 0 ? double.NaN : ratios[0]),
        ];
    }

    private static IEnumerable<string> Costs(SeriesRecord record, ContenderRecord contender)
    {
        double[] ratios = record.CpuRatios(contender);
        return [
            Number(contender.CpuMicrosecondsPerPage),
            Number(Statistics.Median(ratios)), Number(ratios.Length == 0 ? double.NaN : ratios[^1]),
            contender.AllocatedBytesPerPage is { } bytes ? Number(bytes) : "-",
        ];
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
