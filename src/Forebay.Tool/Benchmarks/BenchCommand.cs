using System.CommandLine;
using System.Globalization;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Forebay.Tool.Serving;

namespace Forebay.Tool.Benchmarks;

/// <summary><c>forebay bench</c>: how fast are the methods here, and what do they cost?</summary>
internal static class BenchCommand
{
    private const long Mebibyte = 1L << 20;
    private const int PoolPagesMin = 16;
    private const int StreamsMax = 256;

    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="interruption">Ends it early; what was made is removed.</param>
    public static Command Create(ToolTerminal terminal, CancellationToken interruption)
    {
        Option<string?> data = Data();
        ToolOption<long> size = ToolOptions.Size("--size", "Size of the relation.", 1024 * Mebibyte);
        ToolOption<long> pool = ToolOptions.Size("--pool", "Size of the buffer pool.", 128 * Mebibyte);
        ToolOption<IReadOnlyList<BenchPattern>> pattern = ToolOptions.OneOrAll("--pattern",
            "Order of reading: sequential; random, without repeats; skip, every third run of 4 blocks.",
            BenchWords.Patterns);
        ToolOption<IReadOnlyList<IoMethod>> method = ToolOptions.OneOrAll("--io-method",
            "How I/O is executed.", BenchWords.Methods);
        ToolOption<OnOff> direct = ToolOptions.Direct();
        ToolOption<int> concurrency = ToolOptions.Concurrency(
            "Operations that each stream keeps in flight (effective_io_concurrency).", 64);
        ToolOption<OnOff> checksum = ToolOptions.Switch("--checksum", "Check each page as it comes in.", OnOff.On);
        ToolOption<int> streams = ToolOptions.Number(
            "--streams", "Threads, each with a stream over its part.", 1, 1, StreamsMax);
        ToolOption<long?> pages = ToolOptions.OptionalNumber("--pages", "End each run after so many pages.");
        ToolOption<double?> seconds = ToolOptions.OptionalSeconds("--seconds", string.Create(
            CultureInfo.InvariantCulture,
            $"End each run after so many seconds. Default without --pages: {BenchOptions.SecondsDefault}."));
        ToolOption<int> seed = ToolOptions.Number("--seed", "What random order and contents are drawn from.",
            42, 0, int.MaxValue);
        Option<bool> keep = new("--keep") { Description = "Do not remove the relation at the end." };
        Option<string?> share = Share();
        Option<string?> shareFolder = SharingOptions.Folder();
        Option<bool> json = ToolOptions.Json();
        Command command = new("bench", "Make a relation, read it with each method and in each order, and show what "
            + "that costs. A run ends with the relation at the latest.")
        {
            data, size, pool, pattern, method, direct, concurrency, checksum, streams, pages, seconds, seed, keep,
            share, shareFolder, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(pages) is not null && result.GetResult(seconds) is not null)
                result.AddError("Only one of --pages and --seconds can be given.");
        });
        command.SetAction(parsed => ToolConsole.Run(terminal, parsed.GetValue(json), console =>
        {
            BenchOptions options = new()
            {
                Data = parsed.GetValue(data),
                SizeBytes = size.Of(parsed),
                PoolBytes = pool.Of(parsed),
                Patterns = pattern.Of(parsed),
                Methods = method.Of(parsed),
                Direct = direct.Of(parsed),
                Concurrency = concurrency.Of(parsed),
                Checksum = checksum.Of(parsed) == OnOff.On,
                Streams = streams.Of(parsed),
                Pages = pages.Of(parsed),
                Seconds = seconds.Of(parsed),
                Seed = seed.Of(parsed),
                Keep = parsed.GetValue(keep),
                Sharing = parsed.GetValue(share) is { } shared
                    ? SharingOptions.Named(shared, parsed.GetValue(shareFolder))
                    : null,
                Given = new BenchGiven(pool.IsGiven(parsed), method.IsGiven(parsed), checksum.IsGiven(parsed)),
            };
            Check(options);
            Benchmark benchmark = new(options, console, interruption);
            BenchReport report = benchmark.Run();
            return Print(console, benchmark.Options, report);
        }));
        return command;
    }

    private static Option<string?> Data() => new("--data")
    {
        Description = "Folder to make the relation in, in a new folder of its own. "
            + $"Default: {BenchFolder.DefaultName} in the current folder.",
        HelpName = "DIR",
    };

    private static Option<string?> Share() => SharingOptions.Name("--share", "Measure on the shared instance of this "
        + "name, so that others can look at it and work for it meanwhile: in its data directory, with its settings. If "
        + "there is none it is made.");

    private static void Check(BenchOptions options)
    {
        const long PageBytes = BenchPages.PageBytes;
        if (options.Data is "")
            throw new CommandException("--data takes the name of a folder.");
        if (options.SizeBytes < PageBytes || options.SizeBytes / PageBytes > int.MaxValue)
            throw new CommandException(
                $"--size takes {Sizes.Format(PageBytes)} to {Sizes.Format(int.MaxValue * PageBytes)}, "
                + $"not {Sizes.Format(options.SizeBytes)}.");
        if (options.PoolBytes < PoolPagesMin * PageBytes)
            throw new CommandException($"--pool takes {Sizes.Format(PoolPagesMin * PageBytes)} and more, "
                + $"not {Sizes.Format(options.PoolBytes)}.");
    }

    private static int Print(ToolConsole console, BenchOptions options, BenchReport report)
    {
        if (console.IsJson)
        {
            console.WriteJson(report, ToolJson.Default.BenchReport);
        }
        else
        {
            bool direct = report.Results.Any(entry => entry.IoDirect);
            console.Say(string.Create(CultureInfo.InvariantCulture,
                $"{Sizes.Format(options.SizeBytes)}, pool {Sizes.Format(options.PoolBytes)}, "
                + $"{(direct ? "direct" : "buffered")}, checksums {(options.Checksum ? "checked" : "not checked")}, "
                + $"concurrency {options.Concurrency}, streams {options.Streams}"));
            console.People.Write(BenchTable.Create(report));
        }

        foreach (string refusal in BenchTable.Refusals(report))
            console.Say(refusal);
        List<BenchResult> wrong = [.. report.Results.OfType<BenchResult>().Where(result => !result.IsContentRight)];
        foreach (BenchResult result in wrong)
            console.Complain($"{result.Pattern}, {result.IoMethod}: the pages read are not those that were written.");
        return wrong.Count > 0 ? ExitCodes.FoundSomething : ExitCodes.Fine;
    }
}
