using System.Globalization;
using System.Text;
using Forebay.Comparison.Charts;
using Forebay.Comparison.Goals;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Reporting;

/// <summary>Everything that was ever run into the folder, as one page.</summary>
internal static class Report
{
    public static void Write(RecordFiles files, string folder)
    {
        SeriesRecord[] records = [.. AllSeries.Plans.Select(plan => files.Load(plan.Slug)).OfType<SeriesRecord>()];
        StringBuilder text = new();
        text.Append("# Beside fio, PostgreSQL 18 and .NET's own I/O\n\n");
        text.Append("Made by `dotnet run -c Release --project bench/Forebay.Comparison`; how, and what it means: ");
        text.Append("[bench/README.md](../README.md).\n");
        text.Append("The first contender that ran is the yardstick; ratios are of the same round, figures medians.\n");
        foreach (string machine in records.Select(record => record.Machine).Distinct())
            text.Append(CultureInfo.InvariantCulture, $"\nMachine: {machine}\n");
        AppendGoals(text, new AllGoals(files.Load, new PairFile(Path.Combine(folder, "microbenchmarks.json"))).All());
        foreach (SeriesRecord record in records)
            MarkdownReport.Append(text, record);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "comparison.md"), text.ToString());
        AllCharts.Write(files.Load, folder);
        Console.Out.WriteLine(text);
    }

    private static void AppendGoals(StringBuilder text, IReadOnlyList<Goal> goals)
    {
        text.Append("\n## Goals\n\n| measure | goal | figure (✗ = missed) | |\n|---|---|---|---|\n");
        foreach (Goal goal in goals)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {goal.Measure} | {goal.Wanted} | {string.Join("; ", goal.Figures)} | {goal.Verdict} |\n");
        }
    }
}
