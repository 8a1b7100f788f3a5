using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Forebay.Tool.Output;

/// <summary>
/// Where a command speaks: people's text on stdout, or on stderr when stdout belongs to one JSON object. Progress is
/// shown on a terminal only.
/// </summary>
internal sealed class ToolConsole
{
    private ToolConsole(bool json)
    {
        IsJson = json;
        Errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        People = json ? Errors : AnsiConsole.Console;
    }

    /// <summary>Whether stdout carries one JSON object and nothing else.</summary>
    public bool IsJson { get; }

    /// <summary>For people.</summary>
    public IAnsiConsole People { get; }

    /// <summary>For complaints.</summary>
    public IAnsiConsole Errors { get; }

    /// <summary>Whether progress may be drawn.</summary>
    public static bool ShowsProgress => !Console.IsErrorRedirected;

    /// <summary>Runs a command; what stops it becomes one line and exit code 2.</summary>
    public static int Run(bool json, Func<ToolConsole, int> command)
    {
        ToolConsole console = new(json);
        try
        {
            return command(console);
        }
        catch (Exception failure) when (failure is CommandException or IoMethodException or IOException
            or ArgumentException or UnauthorizedAccessException or InvalidOperationException)
        {
            Complain(failure.Message);
            return ExitCodes.CouldNotRun;
        }
    }

    /// <summary>One line on stderr, as it is.</summary>
    public static void Complain(string line) => Console.Error.WriteLine(line);

    /// <summary>The JSON object, at the very end, so that nothing half-written is ever left.</summary>
    public static void WriteJson<T>(T value, JsonTypeInfo<T> type) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(value, type));
}
