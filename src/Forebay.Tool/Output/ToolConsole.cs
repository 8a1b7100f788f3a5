using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Spectre.Console;

namespace Forebay.Tool.Output;

/// <summary>
/// How a command speaks: people's text on stdout, or on stderr when stdout belongs to one JSON object; complaints
/// always on stderr, each on one line. Any thread may complain.
/// </summary>
internal sealed class ToolConsole
{
    // Tables are not squeezed for a file or a pipe.
    private const int WidthUnlimited = 400;

    private readonly ToolTerminal _terminal;
    private readonly Lock _errorGate = new();
    private IAnsiConsole? _people;

    private ToolConsole(ToolTerminal terminal, bool json)
    {
        _terminal = terminal;
        IsJson = json;
        Progress = new ProgressLine(terminal, _errorGate);
    }

    /// <summary>Whether stdout carries one JSON object and nothing else.</summary>
    public bool IsJson { get; }

    /// <summary>The line that tells how far the command is.</summary>
    public ProgressLine Progress { get; }

    /// <summary>Tables for people.</summary>
    public IAnsiConsole People => _people ??= CreatePeople();

    /// <summary>
    /// Runs a command; what stops it becomes one line and exit code 2, and then there is nothing on stdout.
    /// </summary>
    public static int Run(ToolTerminal terminal, bool json, Func<ToolConsole, int> command)
    {
        ToolConsole console = new(terminal, json);
        try
        {
            return command(console);
        }
        catch (OperationCanceledException)
        {
            console.Complain("forebay: interrupted.");
            return ExitCodes.CouldNotRun;
        }
        catch (Exception failure) when (failure is CommandException or IoMethodException or ClusterException
            or DamagedDataException or IOException or UnauthorizedAccessException)
        {
            console.Complain($"forebay: {OneLine(failure.Message)}");
            return ExitCodes.CouldNotRun;
        }
#pragma warning disable CA1031 // not foreseen: whoever reports it needs all of it, and scripts need the exit code
        catch (Exception failure)
#pragma warning restore CA1031
        {
            console.Complain($"forebay: internal error, please report it: {failure}");
            return ExitCodes.CouldNotRun;
        }
        finally
        {
            console.Progress.Clear();
        }
    }

    /// <summary>A sentence for people.</summary>
    public void Say(string line)
    {
        if (IsJson)
            Complain(line);
        else
            _terminal.Out.WriteLine(line);
    }

    /// <summary>One line on stderr, as it is.</summary>
    public void Complain(string line)
    {
        lock (_errorGate)
        {
            Progress.ClearLocked();
            _terminal.Error.WriteLine(line);
        }
    }

    /// <summary>The JSON object, at the very end, so that nothing half-written is ever left.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type) =>
        _terminal.Out.WriteLine(JsonSerializer.Serialize(value, type));

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");

    private IAnsiConsole CreatePeople()
    {
        (TextWriter writer, int? width) = IsJson
            ? (_terminal.Error, _terminal.ErrorWidth)
            : (_terminal.Out, _terminal.OutWidth);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = width is null ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = width is null ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = width ?? WidthUnlimited;
        return console;
    }
}
