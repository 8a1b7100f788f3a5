using System.CommandLine;
using System.Globalization;
using Forebay.Tool.Output;
using Spectre.Console;

namespace Forebay.Tool.Watching;

/// <summary><c>forebay buffers</c>: what is in the pool.</summary>
internal static class BuffersCommand
{
    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    public static Command Create(ToolTerminal terminal)
    {
        ViewArguments arguments = new();
        Option<bool> summary = new("--summary")
        {
            Description = "Only count: frames used, dirty, pinned, in progress, and by usage count.",
        };
        Command command = arguments.AddTo(new Command("buffers", "Show the pages in the pool of a running shared "
            + "instance, as PostgreSQL's view pg_buffercache does.") { summary });
        command.SetAction(parsed => ToolConsole.Run(terminal, parsed.GetValue(arguments.Json), console =>
        {
            using ForebayViewer viewer = arguments.Open(parsed);
            StopNote.Tell(console, viewer);
            bool isSummary = parsed.GetValue(summary);
            BuffersReport report = isSummary
                ? BuffersReport.Of(viewer.GetBufferSummary())
                : BuffersReport.Of(viewer.GetBuffers());
            if (console.IsJson)
                console.WriteJson(report, ToolJson.Default.BuffersReport);
            else if (report.Summary is { } sums)
                console.Say(Sentence(sums));
            else
                Print(console, report.Rows);
            return ExitCodes.Fine;
        }));
        return command;
    }

    /// <summary>A summary in a line.</summary>
    public static string Sentence(BuffersReport.Sums sums) => string.Create(CultureInfo.InvariantCulture,
        $"{sums.Frames} frames: {sums.Used} used, {sums.Dirty} dirty, {sums.Pinned} pinned, {sums.InProgress} in "
        + $"progress; usage {sums.UsageAverage:0.00} on average.");

    private static void Print(ToolConsole console, IReadOnlyList<BuffersReport.FrameEntry> rows)
    {
        Table table = new() { Border = TableBorder.Rounded };
        foreach (string title in (string[])["frame", "relation", "fork", "block", "usage", "pins", "in progress by"])
            table.AddColumn(new TableColumn(title).RightAligned());
        table.AddColumns("state", "locked");
        foreach (BuffersReport.FrameEntry row in rows)
        {
            table.AddRow(
                Text(row.Frame), $"{Text(row.Tablespace)}/{Text(row.Database)}/{Text(row.Relation)}", row.Fork,
                Text(row.Block), Text(row.Usage), Text(row.Pins), row.InProgressBy is { } io ? Text(io) : "",
                StateOf(row), row.ContentLock ?? "");
        }

        console.People.Write(table);
    }

    private static string StateOf(BuffersReport.FrameEntry row) =>
        row.Failed ? "failed" : !row.Valid ? "not valid" : row.Dirty ? "dirty" : "clean";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
