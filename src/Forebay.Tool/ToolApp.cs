using System.CommandLine;
using System.CommandLine.Invocation;
using Forebay.Tool.Benchmarks;
using Forebay.Tool.Commands;
using Forebay.Tool.Output;
using Forebay.Tool.Scanning;
using Forebay.Tool.Serving;
using Forebay.Tool.Tables;
using Forebay.Tool.Vacuuming;
using Forebay.Tool.Verifying;
using Forebay.Tool.Watching;

namespace Forebay.Tool;

/// <summary>The tool: a command line in, an exit code out. Free of state: tests run it in their own process.</summary>
internal static class ToolApp
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="terminal">Where it may write.</param>
    /// <param name="interruption">Asks the command to stop and clean up.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(IReadOnlyList<string> args, ToolTerminal terminal, CancellationToken interruption = default)
    {
        RootCommand root = new("Asynchronous I/O on real files: verify them, measure it, see what is permitted.")
        {
            VerifyCommand.Create(terminal, interruption),
            TablesCommand.Create(terminal, interruption),
            ScanCommand.Create(terminal, interruption),
            VacuumReportCommand.Create(terminal, interruption),
            BenchCommand.Create(terminal, interruption),
            ServeCommand.Create(terminal, interruption),
            WorkerCommand.Create(terminal, interruption),
            MethodsCommand.Create(terminal),
            PsCommand.Create(terminal),
            StatCommand.Create(terminal),
            BuffersCommand.Create(terminal),
            TopCommand.Create(terminal, interruption),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
            return Refuse(parsed, terminal);
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    // The parser's own way is to print the whole help on stdout, and to exit with what means "something was found".
    private static int Refuse(ParseResult parsed, ToolTerminal terminal)
    {
        string command = parsed.CommandResult.Command is RootCommand
            ? "forebay"
            : $"forebay {parsed.CommandResult.Command.Name}";
        terminal.Error.WriteLine($"{command}: {Message(parsed)} See '{command} --help'.");
        return ExitCodes.CouldNotRun;
    }

    // A word that is not known says more than what is missing because of it.
    private static string Message(ParseResult parsed) => parsed.UnmatchedTokens.Count > 0
        ? $"'{parsed.UnmatchedTokens[0]}' is not a command or option."
        : parsed.Errors[0].Message;
}
