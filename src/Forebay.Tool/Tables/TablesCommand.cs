using System.CommandLine;
using System.Globalization;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Spectre.Console;

namespace Forebay.Tool.Tables;

/// <summary><c>forebay tables</c>: what is in a data directory.</summary>
internal static class TablesCommand
{
    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="interruption">Ends it early.</param>
    public static Command Create(ToolTerminal terminal, CancellationToken interruption)
    {
        Argument<string> directory = ClusterArguments.DataDirectory();
        Option<bool> all = new("--all")
        {
            Description = "Show the tables of the system, too, and those that hold the long values of other tables.",
        };
        Option<bool> json = ToolOptions.Json();
        Command command = new("tables", "List the databases and tables of a data directory: file, size in pages, and "
            + "the share of pages that the visibility map says to hold only rows that everybody sees.")
        {
            directory,
            all,
            json,
        };
        command.SetAction(parsed => ToolConsole.Run(terminal, parsed.GetValue(json), console =>
            Run(console, parsed.GetValue(directory)!, parsed.GetValue(all), interruption)));
        return command;
    }

    private static int Run(ToolConsole console, string directory, bool all, CancellationToken interruption)
    {
        TablesReport report;
        using (PostgreSqlCluster cluster = ClusterArguments.Open(directory))
            report = Report(cluster, all, interruption);
        if (console.IsJson)
            console.WriteJson(report, ToolJson.Default.TablesReport);
        else
            Print(console, report);
        return ExitCodes.Fine;
    }

    private static TablesReport Report(PostgreSqlCluster cluster, bool all, CancellationToken interruption)
    {
        List<TableEntry> entries = [];
        // Maps are small and close together: the page cache serves them best.
        IoSettings io = new(IoMethod.Sync, OnOff.Off, Concurrency: 1);
        using ForebayInstance instance = ClusterInstance.Open(cluster, null, io, isOnePass: true);
        using ForebaySession session = instance.OpenSession();
        foreach (CatalogDatabase database in cluster.Databases)
        {
            foreach (ClusterTable table in TableFinder.List(cluster.OpenDatabase(database), all))
            {
                interruption.ThrowIfCancellationRequested();
                entries.Add(Entry(cluster, session, table));
            }
        }

        return new TablesReport(entries, [.. cluster.Databases.Select(database => database.Name)]);
    }

    private static TableEntry Entry(PostgreSqlCluster cluster, ForebaySession session, ClusterTable table)
    {
        CatalogRelation relation = table.Relation;
        uint blocks = cluster.Pages.GetBlockCount(relation.Locator);
        using VisibilityMap map = VisibilityMap.Open(session, relation.Locator);
        return new TableEntry(
            table.Catalog.Database.Name,
            relation.Schema,
            relation.Name,
            cluster.Pages.NameOf(relation.Locator),
            blocks,
            map.CountAllVisible(blocks));
    }

    private static void Print(ToolConsole console, TablesReport report)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("database", "schema", "name", "file");
        table.AddColumn(new TableColumn("blocks").RightAligned());
        table.AddColumn(new TableColumn("size").RightAligned());
        table.AddColumn(new TableColumn("all visible").RightAligned());
        foreach (TableEntry entry in report.Tables)
        {
            table.AddRow(
                Markup.Escape(entry.Database),
                Markup.Escape(entry.Schema),
                Markup.Escape(entry.Name),
                entry.File,
                entry.Blocks.ToString(CultureInfo.InvariantCulture),
                Sizes.Format((long)entry.Blocks * PageChecksum.PageSize),
                Percentage(entry.ShareAllVisible()));
        }

        console.Say($"Databases: {string.Join(", ", report.Databases)}");
        console.People.Write(table);
    }

    private static string Percentage(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}%");
}
