using System.CommandLine;
using System.Globalization;
using Forebay.PostgreSql.Catalog;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Forebay.Tool.Tables;
using Spectre.Console;

namespace Forebay.Tool.Vacuuming;

/// <summary><c>forebay vacuum-report</c>: what VACUUM would find.</summary>
internal static class VacuumReportCommand
{
    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="interruption">Ends it early.</param>
    public static Command Create(ToolTerminal terminal, CancellationToken interruption)
    {
        Argument<string> directory = ClusterArguments.DataDirectory();
        Argument<string?> table = new("TABLE")
        {
            Description = $"{TableFinder.NameHelp} Without it: all tables of all databases but those of the system.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> skip = new("--skip-all-visible")
        {
            Description = "Pass over pages that the visibility map calls all-visible, as VACUUM does: rows and bytes "
                + "are then those of the other pages only.",
        };
        ToolOption<IoMethod> method = ToolOptions.Method();
        ToolOption<OnOff> direct = ToolOptions.Direct();
        ToolOption<int> concurrency =
            ToolOptions.Concurrency("Reads in flight.", IoSettings.ConcurrencyDefault);
        Option<bool> json = ToolOptions.Json();
        Command command = new("vacuum-report", "Look at tables as VACUUM does, without changing anything: rows that "
            + "are live, dead, or deleted but still in sight of a prepared transaction or a replication slot; "
            + "unused line pointers; bytes "
            + "free, and bytes that VACUUM would free.")
        {
            directory, table, skip, method, direct, concurrency, json,
        };
        command.SetAction(parsed => ToolConsole.Run(terminal, parsed.GetValue(json), console =>
        {
            IoSettings io = new(method.Of(parsed), direct.Of(parsed), concurrency.Of(parsed));
            using PostgreSqlCluster cluster = ClusterArguments.Open(parsed.GetValue(directory)!);
            return Run(console, cluster, parsed.GetValue(table), io, parsed.GetValue(skip), interruption);
        }));
        return command;
    }

    private static int Run(
        ToolConsole console,
        PostgreSqlCluster cluster,
        string? name,
        IoSettings io,
        bool skip,
        CancellationToken interruption)
    {
        List<ClusterTable> tables = name is not null
            ? [TableFinder.Find(cluster, name)]
            : [.. cluster.Databases.Select(cluster.OpenDatabase).SelectMany(one => TableFinder.List(one, all: false))];
        List<VacuumEntry> entries = [];
        using (VacuumInspection inspection = new(cluster, io, skip))
        using (console.Progress.Follow(() => Progress(entries.Count, tables.Count)))
        {
            foreach (ClusterTable table in tables)
            {
                interruption.ThrowIfCancellationRequested();
                entries.Add(inspection.Inspect(table));
            }
        }

        if (console.IsJson)
            console.WriteJson(new VacuumTables(entries), ToolJson.Default.VacuumTables);
        else
            Print(console, entries);
        return ExitCodes.Fine;
    }

    private static string Progress(int done, int all) =>
        string.Create(CultureInfo.InvariantCulture, $"{done} of {all} tables");

    private static void Print(ToolConsole console, List<VacuumEntry> entries)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn("table");
        foreach (string heading in (string[])
            ["blocks", "all visible", "live", "dead", "recently dead", "unused", "free", "reclaimable"])
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (VacuumEntry entry in entries)
        {
            table.AddRow(
                Markup.Escape($"{entry.Database}.{entry.Schema}.{entry.Name}"),
                Number(entry.Blocks),
                Number(entry.AllVisibleBlocks),
                Number(entry.Live),
                Number(entry.Dead),
                Number(entry.RecentlyDead),
                Number(entry.Unused),
                Sizes.Format(entry.FreeBytes),
                Sizes.Format(entry.ReclaimableBytes));
        }

        console.People.Write(table);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
