using System.CommandLine;
using System.Globalization;
using Forebay.Diagnostics;
using Forebay.Tool.Output;
using Spectre.Console;

namespace Forebay.Tool.Watching;

/// <summary><c>forebay stat</c>: what was done since the instance was created.</summary>
internal static class StatCommand
{
    private const double BytesPerMebibyte = 1 << 20;
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    public static Command Create(ToolTerminal terminal)
    {
        ViewArguments arguments = new();
        Command command = arguments.AddTo(new Command("stat", "Show what a running shared instance has done, by "
            + "object, context and operation, as PostgreSQL's view pg_stat_io does, with latencies."));
        command.SetAction(parsed => ToolConsole.Run(terminal, parsed.GetValue(arguments.Json), console =>
        {
            using ForebayViewer viewer = arguments.Open(parsed);
            StopNote.Tell(console, viewer);
            ForebayStatistics statistics = viewer.GetStatistics();
            if (console.IsJson)
                console.WriteJson(StatReport.Of(statistics.Rows), ToolJson.Default.StatReport);
            else
                Print(console, statistics.Rows);
            return ExitCodes.Fine;
        }));
        return command;
    }

    private static void Print(ToolConsole console, IReadOnlyList<IoStatistics> rows)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("object", "context", "operation");
        string[] titles = ["operations", "MiB", "time ms", "mean us", "half below us", "99 % below us"];
        foreach (string title in titles)
            table.AddColumn(new TableColumn(title).RightAligned());
        foreach (IoStatistics row in rows.Where(row => row.Operations > 0))
        {
            bool isTimed = row.Latencies.Count > 0;
            long timed = row.Latencies.Sum(bucket => bucket.Operations);
            table.AddRow(
                ViewWords.Of(row.Object), ViewWords.Of(row.Context), ViewWords.Of(row.Operation),
                row.Operations.ToString(CultureInfo.InvariantCulture),
                row.Bytes == 0 ? "" : Text(row.Bytes / BytesPerMebibyte),
                isTimed ? Text(row.Time.TotalMilliseconds) : "",
                timed > 0 ? Text(row.Time.TotalMilliseconds * MicrosecondsPerMillisecond / timed) : "",
                Below(row.Latencies, timed, 0.5),
                Below(row.Latencies, timed, 0.99));
        }

        console.People.Write(table);
    }

    // The bound of the bucket in which the share is reached.
    private static string Below(IReadOnlyList<LatencyBucket> buckets, long timed, double share)
    {
        long seen = 0;
        foreach (LatencyBucket bucket in buckets)
        {
            seen += bucket.Operations;
            if (timed > 0 && seen >= share * timed)
                return bucket.Below == Timeout.InfiniteTimeSpan
                    ? "more"
                    : Text(bucket.Below.TotalMilliseconds * MicrosecondsPerMillisecond);
        }

        return "";
    }

    private static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
