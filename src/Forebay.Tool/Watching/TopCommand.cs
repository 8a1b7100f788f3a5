using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Spectre.Console;

namespace Forebay.Tool.Watching;

/// <summary><c>forebay top</c>: what goes on now, refreshed.</summary>
internal static class TopCommand
{
    // On a terminal: more would not be looked at, and push the rest out of sight.
    private const int RowsShown = 20;

    private static readonly (string Word, TopOrder Order)[] s_orders =
    [
        ("age", TopOrder.Age), ("length", TopOrder.Length), ("pid", TopOrder.Process), ("waiters", TopOrder.Waiters),
    ];

    private static readonly TimeSpan s_keys = TimeSpan.FromMilliseconds(50);
    private static readonly ToolJson s_oneLine =
        new(new JsonSerializerOptions(ToolJson.Default.Options) { WriteIndented = false });

    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="interruption">Ends it.</param>
    public static Command Create(ToolTerminal terminal, CancellationToken interruption)
    {
        ViewArguments arguments = new();
        ToolOption<long?> count = ToolOptions.OptionalNumber("--count", "End after so many refreshes.");
        ToolOption<double?> interval = ToolOptions.OptionalSeconds(
            "--interval", "Seconds between refreshes. Default: 1.");
        ToolOption<TopOrder> order =
            ToolOptions.OneOf("--sort", "Order of the operations.", s_orders, TopOrder.Age);
        Command command = arguments.AddTo(new Command("top", "Show what a running shared instance does now: rates, "
            + "waits, the pool, operations in flight. On a terminal the keys a, l, p and w sort by age, length, "
            + "process and waiters, and q ends it; into a pipe it writes plain text, and with --json one object per "
            + "refresh.")
            { count, interval, order });
        command.SetAction(parsed => ToolConsole.Run(terminal, parsed.GetValue(arguments.Json), console =>
        {
            using ForebayViewer viewer = arguments.Open(parsed);
            StopNote.Tell(console, viewer);
            TopLoop loop = new(
                TimeSpan.FromSeconds(interval.Of(parsed) ?? 1), count.Of(parsed) ?? long.MaxValue, interruption);
            bool isLive = terminal.OutWidth is not null && !console.IsJson;
            return loop.Run(viewer, console, isLive, order.Of(parsed));
        }));
        return command;
    }

    private sealed class TopLoop(TimeSpan interval, long count, CancellationToken interruption)
    {
        private TopOrder _order;

        public int Run(ForebayViewer viewer, ToolConsole console, bool isLive, TopOrder order)
        {
            _order = order;
            TopSample sample = new(viewer, TimeProvider.System);
            for (long refresh = 1; !interruption.IsCancellationRequested; refresh++)
            {
                TopReport report = sample.Take(_order);
                Show(console, viewer, report, _order, isLive);
                if (report.Processes == 0)
                {
                    console.Complain($"forebay: the instance '{viewer.Name}' is over: no process is attached.");
                    break;
                }

                if (refresh >= count || !Wait(isLive && !Console.IsInputRedirected))
                    break;
            }

            return ExitCodes.Fine;
        }

        /// <returns>False: it is to end.</returns>
        private bool Wait(bool hasKeys)
        {
            if (!hasKeys)
                return !interruption.WaitHandle.WaitOne(interval);
            long start = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(start) < interval)
            {
                if (interruption.WaitHandle.WaitOne(s_keys))
                    return false;
                if (!Console.KeyAvailable)
                    continue;
                char key = char.ToLowerInvariant(Console.ReadKey(intercept: true).KeyChar);
                if (key == 'q')
                    return false;
                _order = key switch
                {
                    'a' => TopOrder.Age,
                    'l' => TopOrder.Length,
                    'p' => TopOrder.Process,
                    'w' => TopOrder.Waiters,
                    _ => _order,
                };
                return true;
            }

            return true;
        }
    }

    private static void Show(
        ToolConsole console, ForebayViewer viewer, TopReport report, TopOrder order, bool isLive)
    {
        if (console.IsJson)
        {
            console.WriteJson(report, s_oneLine.TopReport);
            return;
        }

        if (isLive)
            console.People.Clear(home: true);
        console.Say(string.Create(CultureInfo.InvariantCulture, $"{viewer.Name}: {viewer.Method}, {report.Processes} "
            + $"processes, {report.InFlight.Count} operations in flight, {report.Waits.Count} sessions wait; "
            + $"sorted by {s_orders.First(choice => choice.Order == order).Word}."));
        console.Say(BuffersCommand.Sentence(report.Buffers));
        Table rates = new() { Border = TableBorder.Rounded };
        rates.AddColumns("object", "context", "operation");
        foreach (string title in (string[])["per s", "MiB/s", "mean us"])
            rates.AddColumn(new TableColumn(title).RightAligned());
        foreach (TopReport.Rate rate in report.Rates)
        {
            rates.AddRow(rate.Object, rate.Context, rate.Operation, Text(rate.OperationsPerS), Text(rate.MibPerS),
                Text(rate.MeanUs));
        }

        console.People.Write(rates);
        console.People.Write(InFlightTable.Of(isLive ? report.InFlight.Take(RowsShown) : report.InFlight));
    }

    private static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
