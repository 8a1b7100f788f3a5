using System.CommandLine;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Spectre.Console;

namespace Forebay.Tool.Commands;

/// <summary><c>forebay methods</c>: what this machine permits, and why.</summary>
internal static class MethodsCommand
{
    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    public static Command Create(ToolTerminal terminal)
    {
        ToolOption<IoMethod> method = ToolOptions.Method();
        Option<bool> json = ToolOptions.Json();
        Command command = new("methods", "Show which I/O methods this machine permits, and why the others are refused.")
        {
            method,
            json,
        };
        command.SetAction(parsed => ToolConsole.Run(
            terminal, parsed.GetValue(json), console => Run(console, method.Of(parsed))));
        return command;
    }

    /// <summary>What a request comes to, given what was found.</summary>
    /// <exception cref="CommandException">The method that was asked for is refused.</exception>
    internal static MethodsReport Report(IoMethod requested, IReadOnlyList<MethodAvailability> methods)
    {
        MethodAvailability uring = methods.Single(found => found.Method == IoMethod.IoUring);
        (IoMethod effective, string reason) = requested switch
        {
            IoMethod.Auto when uring.IsAvailable => (IoMethod.IoUring, "io_uring is permitted here"),
            IoMethod.Auto => (IoMethod.Worker, $"io_uring is refused here: {uring.Reason} {uring.Hint}".Trim()),
            IoMethod.IoUring when !uring.IsAvailable =>
                throw new CommandException($"io_method = io_uring cannot be used: {uring.Reason} {uring.Hint}".Trim()),
            IoMethod.IoUring or IoMethod.Sync or IoMethod.Worker => (requested, "as asked for"),
            IoMethod.Custom or _ => throw new ArgumentOutOfRangeException(nameof(requested), requested, null),
        };
        return new MethodsReport(ForebayNames.Of(requested), ForebayNames.Of(effective), reason,
            [.. methods.Select(found => new MethodsReport.Entry(
                ForebayNames.Of(found.Method), found.IsAvailable, found.Reason, found.Hint, found.Features))]);
    }

    private static int Run(ToolConsole console, IoMethod requested)
    {
        MethodsReport report = Report(requested, MethodAvailability.Probe());
        if (console.IsJson)
        {
            console.WriteJson(report, ToolJson.Default.MethodsReport);
            return ExitCodes.Fine;
        }

        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("method", "available", "why", "features");
        foreach (MethodsReport.Entry entry in report.Methods)
        {
            table.AddRow(
                entry.Name,
                entry.Available ? "yes" : "no",
                Markup.Escape($"{entry.Reason} {entry.Hint}".Trim()),
                Markup.Escape(string.Join(", ", entry.Features)));
        }

        console.People.Write(table);
        console.Say($"io_method = {report.Requested} uses {report.Effective}: {report.Reason.TrimEnd('.')}.");
        return ExitCodes.Fine;
    }
}
