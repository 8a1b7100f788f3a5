using System.CommandLine;
using Forebay.Tool.Output;

namespace Forebay.Tool.Watching;

/// <summary><c>forebay ps</c>: the I/O handles in use.</summary>
internal static class PsCommand
{
    /// <summary>The command.</summary>
    /// <param name="terminal">Where it writes.</param>
    public static Command Create(ToolTerminal terminal)
    {
        ViewArguments arguments = new();
        Command command = arguments.AddTo(new Command(
            "ps",
            "Show the I/O operations in flight of a running shared instance, as PostgreSQL's view pg_aios does."));
        command.SetAction(parsed => ToolConsole.Run(terminal, parsed.GetValue(arguments.Json), console =>
        {
            using ForebayViewer viewer = arguments.Open(parsed);
            StopNote.Tell(console, viewer);
            InFlightReport report = InFlightReport.Of(viewer.GetInFlight());
            if (console.IsJson)
                console.WriteJson(report, ToolJson.Default.InFlightReport);
            else
                console.People.Write(InFlightTable.Of(report.InFlight));
            return ExitCodes.Fine;
        }));
        return command;
    }
}
