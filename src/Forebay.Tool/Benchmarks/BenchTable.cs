using System.Globalization;
using Spectre.Console;

namespace Forebay.Tool.Benchmarks;

/// <summary>The results as a table.</summary>
internal static class BenchTable
{
    private static readonly string[] s_numbers =
    [
        "pages", "seconds", "pages/s", "MiB/s", "CPU µs/page", "pages/IO", "waits", "distance", "bytes/page",
        "speed-up",
    ];

    /// <summary>Makes it.</summary>
    public static Table Create(BenchReport report)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("pattern", "method");
        foreach (string header in s_numbers)
            table.AddColumn(new TableColumn(header).RightAligned());
        string? before = null;
        foreach (BenchEntry entry in report.Results)
        {
            if (before is not null && before != entry.Pattern)
                table.AddEmptyRow();
            before = entry.Pattern;
            table.AddRow([entry.Pattern, entry.IoMethod, .. Cells(entry).Select(Markup.Escape)]);
        }

        return table;
    }

    /// <summary>Why methods were not measured, one sentence each.</summary>
    public static IEnumerable<string> Refusals(BenchReport report) =>
        report.Results.OfType<BenchRefusal>().Select(entry => $"{entry.IoMethod}: {entry.Refused}").Distinct();

    private static string[] Cells(BenchEntry entry)
    {
        if (entry is not BenchResult result)
            return ["refused"];
        return
        [
            Text($"{result.Pages}"),
            Text($"{result.Seconds:0.00}"),
            Text($"{result.PagesPerS:0}"),
            Text($"{result.MibPerS:0}"),
            Text($"{result.CpuUsPerPage:0.00}"),
            Text($"{result.PagesPerIo:0.0}"),
            Text($"{result.Waits}"),
            Text($"{result.MaxDistance}"),
            Text($"{result.AllocatedBytesPerPage:0.##}"),
            result.Speedup is { } speedup ? Text($"{speedup:0.00}×") : "",
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
