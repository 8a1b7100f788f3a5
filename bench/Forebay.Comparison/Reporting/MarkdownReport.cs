using System.Globalization;
using System.Text;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Reporting;

/// <summary>The table that is recorded: every figure beside its ratio to the yardstick of the same round.</summary>
internal static class MarkdownReport
{
    public static string Write(string machine, string settings, IEnumerable<SeriesResult> results)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Machine: {machine}\n\n{settings}\n");
        foreach (SeriesResult result in results)
            Append(text, result);
        return text.ToString();
    }

    private static void Append(StringBuilder text, SeriesResult result)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {result.Title}\n\n");
        text.Append("| contender | pages/s (median) | MiB/s | ÷ first, median | ÷ first, worst | CPU µs/page ");
        text.Append("| CPU ÷ first, median | CPU ÷ first, worst | bytes allocated/page |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|\n");
        foreach (ContenderResult contender in result.Contenders)
        {
            if (contender.Missing is { } why)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {contender.Name} | missing: {why} | | | | | | | |\n");
                continue;
            }

            double rate = Median(contender.Runs.Select(run => run.PagesPerSecond));
            double cpu = Median(contender.Runs.Select(run => run.CpuMicrosecondsPerPage));
            double[] rates = result.RateRatios(contender);
            double[] cpus = result.CpuRatios(contender);
            Measurement last = contender.Runs[^1];
            string allocated = last.AllocatedBytes is { } bytes
                ? (bytes / (double)last.Pages).ToString("0.0", CultureInfo.InvariantCulture)
                : "-";
            text.Append(CultureInfo.InvariantCulture,
                $"| {contender.Name} | {rate:0} | {rate / 128:0} | {Median(rates):0.000} | {rates[0]:0.000} ");
            text.Append(CultureInfo.InvariantCulture, $"| {cpu:0.00} ");
            text.Append(CultureInfo.InvariantCulture,
                $"| {Median(cpus):0.000} | {cpus[^1]:0.000} | {allocated} |\n");
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
