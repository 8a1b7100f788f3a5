using System.CommandLine;
using Forebay.Processes;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;
using Forebay.Tool.Serving;

namespace Forebay.Tool.Watching;

/// <summary>What the commands have in common that look at a running instance.</summary>
internal sealed class ViewArguments
{
    private readonly Option<string?> _attach =
        SharingOptions.Name("--attach", "Name of the shared instance. Default: the only one that runs.");

    private readonly Option<string?> _directory = SharingOptions.Folder();

    /// <summary>--json.</summary>
    public Option<bool> Json { get; } = ToolOptions.Json();

    /// <summary>Adds them to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Add(_attach);
        command.Add(_directory);
        command.Add(Json);
        return command;
    }

    /// <summary>Looks at the instance that is meant.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public ForebayViewer Open(ParseResult parsed)
    {
        string? directory = parsed.GetValue(_directory);
        return ForebayViewer.Attach(SharingOptions.Named(parsed.GetValue(_attach) ?? OnlyOne(directory), directory));
    }

    // What crashes have left behind lies there until somebody creates an instance of that name again.
    private static string OnlyOne(string? directory)
    {
        IReadOnlyList<string> names = ForebayViewer.List(directory);
        if (names.Count > 1 && names.Where(name => Lives(name, directory)).ToList() is { Count: > 0 } alive)
            names = alive;
        return names.Count switch
        {
            0 => throw new CommandException("No shared instance is running. Start one with 'forebay serve --share NAME "
                + "--data DIR', or say with --share-dir where it is."),
            1 => names[0],
            _ => throw new CommandException(
                $"There are several shared instances: {string.Join(", ", names)}. Say which with --attach NAME."),
        };
    }

    private static bool Lives(string name, string? directory)
    {
        try
        {
            using ForebayViewer viewer = ForebayViewer.Attach(Sharing.Named(name, directory));
            return viewer.AttachedProcesses > 0;
        }
        catch (Exception failure) when (failure is SharingException or ArgumentException)
        {
            return false; // something else lies there
        }
    }
}
