using System.CommandLine;
using System.Globalization;
using Forebay.PostgreSql.Catalog;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Forebay.Tool.Scanning.Output;
using Forebay.Tool.Tables;

namespace Forebay.Tool.Scanning;

/// <summary><c>forebay scan</c>: the rows of a table.</summary>
internal static class ScanCommand
{
    private const int ParallelMax = 64;

    private static readonly (string Word, RowFormat Format)[] s_formats =
        [("csv", RowFormat.Csv), ("json", RowFormat.Json), ("none", RowFormat.None)];

    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="interruption">Ends it early.</param>
    public static Command Create(ToolTerminal terminal, CancellationToken interruption)
    {
        Argument<string> directory = ClusterArguments.DataDirectory();
        Argument<string> table = new("TABLE") { Description = TableFinder.NameHelp };
        ToolOption<string?> columns = Word("--columns", "a,b",
            "Columns to print, in this order; ctid is where a row lies. Default: all but computed ones.");
        Option<string[]> where = new("--where")
        {
            Description = "Only rows for which this holds: a column, one of = <> < <= > >=, a constant, in single "
                + "quotes or as it is. May be given again: then all must hold. Text and bytea compare bytewise, "
                + "numbers, dates and times by value; the constant is read as one of the column's type. Null fulfils "
                + "nothing.",
            HelpName = "CONDITION",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        ToolOption<string?> index = Word("--index", "NAME",
            "Go by this B-tree index of the table, in one session: only rows in the part of it that the conditions on "
            + "its first columns leave are looked at. Where the index has all columns that are asked for, and rows may "
            + "come in any order (--count, --format none, or --parallel above 1), it is an index-only scan: of the "
            + "table only pages are read that are not all-visible.");
        ToolOption<long?> limit = ToolOptions.OptionalCount("--limit", "End after so many rows. Default: all.");
        ToolOption<RowFormat> format = ToolOptions.OneOf("--format",
            "csv: a header line, then as PostgreSQL's COPY ... CSV prints rows: null is nothing, empty text is \"\". "
            + "json: an object a line; int2, int4, int8, oid, float4, float8 and numeric are numbers with all their "
            + "digits, NaN and the infinities strings; bool is true or false, null is null, json is what it is; all "
            + "other types are strings with PostgreSQL's text. none: no rows. Types without a decoder are "
            + "hexadecimal digits of what is stored, and a note on stderr says so.", s_formats, RowFormat.Csv);
        Option<bool> count = new("--count")
        {
            Description = "Print the number of rows instead, alone on stdout. Goes with --where and --limit.",
        };
        ToolOption<int> parallel = ToolOptions.Number("--parallel",
            "Sessions that share the table; with more than one, rows come in any order.", 1, 1, ParallelMax);
        Option<bool> explain = new("--explain") { Description = "Print statistics on stderr at the end." };
        ToolOption<IoMethod> method = ToolOptions.Method();
        ToolOption<OnOff> direct = ToolOptions.Direct();
        ToolOption<int> concurrency =
            ToolOptions.Concurrency("Reads in flight per session.", IoSettings.ConcurrencyDefault);
        Command command = new("scan", "Print the rows of a table that are visible, in the order of their places "
            + "(ctid); with --parallel, in any order. Exit code 0: done; 2: something could not be read or is damaged, "
            + "or the command could not run.")
        {
            directory, table, columns, where, index, limit, format, count, parallel, explain, method, direct,
            concurrency,
        };
        command.SetAction(parsed => ToolConsole.Run(terminal, json: false, console => Run(
            console,
            new ScanOptions
            {
                Directory = parsed.GetValue(directory)!,
                Table = parsed.GetValue(table)!,
                Columns = columns.Of(parsed),
                Where = parsed.GetValue(where) ?? [],
                Index = index.Of(parsed),
                Limit = limit.Of(parsed),
                Format = format.Of(parsed),
                Count = parsed.GetValue(count),
                Parallel = parallel.Of(parsed),
                Explain = parsed.GetValue(explain),
                Io = new IoSettings(method.Of(parsed), direct.Of(parsed), concurrency.Of(parsed)),
            },
            terminal.OpenOut,
            interruption)));
        return command;
    }

    private static ToolOption<string?> Word(string name, string helpName, string description) => new(name, null)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.ExactlyOne,
    };

    private static int Run(
        ToolConsole console, ScanOptions options, Func<Stream> open, CancellationToken interruption)
    {
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        using PostgreSqlCluster cluster = ClusterArguments.Open(options.Directory);
        ClusterTable table = TableFinder.Find(cluster, options.Table);
        ScanPlan plan = ScanPlan.Create(options, table.Catalog.ReadColumns(table.Relation), table.Catalog.Text);
        CatalogIndex? index = options.Index is { } name ? IndexChoice.Find(table, name) : null;
        RowSink sink = new(open, Header(plan));
        int lanes = index is null ? options.Parallel : 1;
        TableScan scan = new(cluster, table, plan, options.Limit, lanes, sink, interruption)
        {
            Index = index,
        };
        using ForebayInstance instance = ClusterInstance.Open(
            cluster, table.Relation, options.Io, options.Parallel, isOnePass: plan.IsPlainCount && index is null);
        if (plan.Note() is { } note)
            console.Complain(note);
        try
        {
            scan.Run(instance);
            if (options.Count)
                console.Say(scan.Rows.ToString(CultureInfo.InvariantCulture));
            else if (plan.Format != RowFormat.None)
                sink.Write(default);
        }
        catch (ReaderGoneException)
        {
            // Who reads the rows has had enough of them.
        }

        if (options.Explain)
        {
            foreach (string line in ScanExplanation.Lines(
                scan, instance, TimeProvider.System.GetElapsedTime(start), Environment.CpuUsage.TotalTime - cpuBefore))
                console.Complain(line);
        }

        return ExitCodes.Fine;
    }

    private static byte[] Header(ScanPlan plan)
    {
        OutputBuffer buffer = new();
        RowWriter.Create(plan.Format, plan.Columns, buffer)?.WriteHeader();
        return buffer.Written.ToArray();
    }
}
