using System.CommandLine;
using Forebay.Tool.Output;
using Forebay.Tool.Parsing;

namespace Forebay.Tool.Watching;

/// <summary>What the commands have in common that look at a running instance.</summary>
internal sealed class ViewArguments
{
    private readonly Option<string?> _attach = new("--attach")
    {
        Description = "Name of the shared instance. Default: the only one there is.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _directory = new("--segment-dir")
    {
        Description = "Folder of the instance's memory. Default: /dev/shm/forebay-UID.",
        HelpName = "DIR",
    };

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
        string name = parsed.GetValue(_attach) ?? OnlyOne(directory);
        try
        {
            return ForebayViewer.Attach(Sharing.Named(name, directory));
        }
        catch (ArgumentException refusal)
        {
            throw new CommandException(refusal.Message, refusal);
        }
    }

    private static string OnlyOne(string? directory)
    {
        IReadOnlyList<string> names = ForebayViewer.List(directory);
        return names.Count switch
        {
            0 => throw new CommandException(
                "No shared instance is running. Start one with 'forebay serve', or name it with --attach."),
            1 => names[0],
            _ => throw new CommandException(
                $"Several shared instances are there ({string.Join(", ", names)}): say which with --attach."),
        };
    }
}
