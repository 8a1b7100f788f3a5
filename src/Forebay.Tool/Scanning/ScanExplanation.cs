using System.Globalization;
using Forebay.PostgreSql.Scans;

namespace Forebay.Tool.Scanning;

/// <summary>What <c>--explain</c> prints.</summary>
internal static class ScanExplanation
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(
        TableScan scan, ForebayInstance instance, TimeSpan elapsed, TimeSpan cpu)
    {
        ScanStatistics statistics = scan.Statistics;
        double operationBlocks = statistics.Stream.BlocksPerOperation;
        string mode = instance.Options.IoMode == IoMode.Direct ? "direct" : "buffered";
        string method = ForebayNames.Of(instance.Method.Effective);
        yield return scan.Kind;
        if (scan.IndexStatistics is { } index)
        {
            yield return Text(
                $"index: {index.Rows} entries on {index.Pages} leaves, {index.Operations} I/Os, waits: {index.Waits}");
        }

        if (scan.HeapFetches is { } fetches)
            yield return Text($"heap fetches: {fetches} (rows on pages that are not all-visible)");
        yield return Text($"rows: {scan.Rows} came out of {statistics.Rows} visible ones looked at");
        yield return Text($"pages: {statistics.Pages}, {statistics.Hits} of them found in the pool");
        yield return Text($"reads: {statistics.Operations} I/Os of {operationBlocks:0.0} pages on average");
        yield return Text($"waits: {statistics.Waits}");
        yield return Text(
            $"distance: {statistics.DistanceAverage:0.0} pages on average, {statistics.DistanceMax} at most");
        yield return Text(
            $"io_method: {method}, {mode}; {elapsed.TotalSeconds:0.000} s, {cpu.TotalSeconds:0.000} s of CPU");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
