using System.CommandLine;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Spectre.Console;

namespace Forebay.Tool.Commands;

/// <summary><c>forebay methods</c>: what this machine permits, and why.</summary>
internal static class MethodsCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        Option<IoMethod> method = ToolOptions.Method();
        Option<bool> json = ToolOptions.Json();
        Command command = new("methods", "Show which I/O methods this machine permits, and why the others are refused.")
        {
            method,
            json,
        };
        command.SetAction(parsed => ToolConsole.Run(
            parsed.GetValue(json), console => Run(console, parsed.GetValue(method))));
        return command;
    }

    private static int Run(ToolConsole console, IoMethod requested)
    {
        IReadOnlyList<MethodAvailability> methods = MethodAvailability.Probe();
        MethodAvailability uring = methods.Single(found => found.Method == IoMethod.IoUring);
        (IoMethod effective, string reason) = requested switch
        {
            IoMethod.Auto when uring.IsAvailable => (IoMethod.IoUring, "io_uring is permitted"),
            IoMethod.Auto => (IoMethod.Worker, $"io_uring is refused: {uring.Reason}"),
            IoMethod.IoUring when !uring.IsAvailable =>
                throw new CommandException($"io_method = io_uring cannot be used: {uring.Reason} {uring.Hint}"),
            IoMethod.IoUring or IoMethod.Sync or IoMethod.Worker => (requested, "as asked for"),
            _ => throw new ArgumentOutOfRangeException(nameof(requested), requested, null),
        };

        if (console.IsJson)
        {
            MethodsReport report = new(ForebayNames.Of(requested), ForebayNames.Of(effective), reason,
                [.. methods.Select(found => new MethodsReport.Entry(
                    ForebayNames.Of(found.Method), found.IsAvailable, found.Reason, found.Hint, found.Features))]);
            ToolConsole.WriteJson(report, ToolJson.Default.MethodsReport);
            return ExitCodes.Fine;
        }

        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumns("method", "available", "why", "features");
        foreach (MethodAvailability found in methods)
        {
            table.AddRow(
                ForebayNames.Of(found.Method),
                found.IsAvailable ? "yes" : "no",
                Markup.Escape($"{found.Reason} {found.Hint}".Trim()),
                Markup.Escape(string.Join(", ", found.Features)));
        }

        console.People.Write(table);
        console.People.MarkupLineInterpolated(
            $"{ForebayNames.Of(requested)} would use [bold]{ForebayNames.Of(effective)}[/]: {reason}.");
        return ExitCodes.Fine;
    }
}
