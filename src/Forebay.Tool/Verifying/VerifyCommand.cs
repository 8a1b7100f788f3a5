using System.CommandLine;
using System.Globalization;
using Forebay.Handles;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Verifying;

/// <summary><c>forebay verify</c>: are the pages what PostgreSQL wrote?</summary>
internal static class VerifyCommand
{
    private const int ConcurrencyDefault = 16;

    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="interruption">Ends it early.</param>
    /// <param name="holdPoints">A test's hand on what the kernel answers, or null.</param>
    public static Command Create(
        ToolTerminal terminal, CancellationToken interruption, IHoldPoints? holdPoints = null)
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "A data directory of PostgreSQL 13 to 18 that was shut down cleanly, or a single relation "
                + "file of 8 KiB pages, named as PostgreSQL does (16384, 16384_fsm, 16384.1).",
            Arity = ArgumentArity.OneOrMore,
        };
        ToolOption<IoMethod> method = ToolOptions.Method();
        ToolOption<OnOff> direct = ToolOptions.Direct();
        ToolOption<int> concurrency = ToolOptions.Concurrency("Reads in flight per file.", ConcurrencyDefault);
        Option<bool> online = new("--unsafe-online")
        {
            Description = "Verify although the server runs, or did not stop in order. A page that fails is read again, "
                + "and is reported only if it stays wrong. What the server has not written yet is not looked at, so "
                + "this proves less than on a server at rest.",
        };
        Option<bool> json = ToolOptions.Json();
        Command command = new("verify", "Check the page checksums of PostgreSQL files, as pg_checksums --check does. "
            + "Exit code 0: all good; 1: bad pages; 2: something could not be read, or the command could not run.")
        {
            paths,
            method,
            direct,
            concurrency,
            online,
            json,
        };
        command.SetAction(parsed => ToolConsole.Run(terminal, parsed.GetValue(json), console =>
        {
            VerifyOptions options = new(
                method.Of(parsed), direct.Of(parsed), concurrency.Of(parsed), holdPoints)
            {
                Online = parsed.GetValue(online),
            };
            return Run(console, parsed.GetValue(paths)!, options, interruption);
        }));
        return command;
    }

    private static int Run(
        ToolConsole console, string[] paths, VerifyOptions options, CancellationToken interruption)
    {
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan cpuBefore = Environment.CpuUsage.TotalTime;
        VerifyInputs inputs = VerifyInputs.Find(paths, options.Online);
        bool isOnePath = paths.Length == 1;
        VerifyTally tally = new((page, place) => console.Complain(string.Create(CultureInfo.InvariantCulture,
            $"bad checksum: file \"{(isOnePath ? page.File : place)}\", block {page.Block}: "
            + $"calculated {page.Calculated:X}, stored {page.Stored:X}")));
        foreach (VerifyReport.FileError problem in inputs.Problems)
            tally.Add(problem);

        VerifyReport report;
        string modes;
        using (VerifyInstances instances = new(inputs.Folder, options))
        {
            using (console.Progress.Follow(() => Progress(inputs, tally, start)))
                new Verifier(inputs, instances, tally).Run(options.Lanes, interruption);
            modes = instances.Modes;
            double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            report = new VerifyReport
            {
                FilesScanned = tally.Files,
                BlocksScanned = tally.Blocks,
                Bad = tally.Bad(),
                Errors = tally.Errors(),
                IoMethod = ForebayNames.Of(instances.Method.Effective),
                Seconds = seconds,
                MibPerS = MebibytesOf(tally.Blocks) / seconds,
                CpuS = (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds,
            };
        }

        console.Progress.Clear();
        return Print(console, report, modes);
    }

    private static int Print(ToolConsole console, VerifyReport report, string modes)
    {
        foreach (VerifyReport.FileError error in report.Errors)
            console.Complain($"error: file \"{error.File}\": {error.Message}");
        if (console.IsJson)
        {
            console.WriteJson(report, ToolJson.Default.VerifyReport);
        }
        else
        {
            string how = $"{report.IoMethod}, {modes}";
            console.Say(string.Create(CultureInfo.InvariantCulture,
                $"""
                 Files scanned:   {report.FilesScanned}
                 Blocks scanned:  {report.BlocksScanned}
                 Bad checksums:   {report.BadChecksums}
                 Errors:          {report.Errors.Count}
                 {report.Seconds:0.00} s, {report.MibPerS:0} MiB/s, {report.CpuS:0.00} s of CPU, {how}
                 """));
        }

        return report.Errors.Count > 0 ? ExitCodes.CouldNotRun
            : report.BadChecksums > 0 ? ExitCodes.FoundSomething
            : ExitCodes.Fine;
    }

    private static string Progress(VerifyInputs inputs, VerifyTally tally, long start)
    {
        const double MebibytesPerGibibyte = 1024;
        double done = MebibytesOf(tally.Blocks);
        double all = inputs.LengthBytes / (double)(1 << 20);
        double rate = done / TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{(all > 0 ? done / all : 1):P0} of {all / MebibytesPerGibibyte:0.0} GiB, {rate:0} MiB/s");
    }

    private static double MebibytesOf(long blocks) =>
        blocks * (double)PostgreSql.Pages.PageChecksum.PageSize / (1 << 20);
}
