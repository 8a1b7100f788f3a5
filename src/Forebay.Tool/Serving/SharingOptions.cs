using System.CommandLine;
using Forebay.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.Tool.Output;

namespace Forebay.Tool.Serving;

/// <summary>What the commands on shared instances have in common.</summary>
internal static class SharingOptions
{
    /// <summary>--share or --attach, with a name.</summary>
    public static Option<string?> Name(string option, string description) => new(option)
    {
        Description = description,
        HelpName = "NAME",
    };

    /// <summary>--share-dir.</summary>
    public static Option<string?> Folder() => new("--share-dir")
    {
        Description = "Folder of shared instances, on tmpfs or hugetlbfs. Default: the user's own under /dev/shm.",
        HelpName = "DIR",
    };

    /// <summary>The instance that was named.</summary>
    /// <exception cref="CommandException">The name cannot be one.</exception>
    public static Sharing Named(string name, string? folder)
    {
        try
        {
            return Sharing.Named(name, folder);
        }
        catch (ArgumentException refusal)
        {
            throw new CommandException(refusal.Message, refusal);
        }
    }

    /// <summary>The tool's page check of a name.</summary>
    /// <exception cref="CommandException">It is a program's own.</exception>
    public static PageCheck? Check(string? name) => name is null
        ? null
        : ((PageCheck[])[PostgreSqlPageCheck.HeaderAndChecksum, PostgreSqlPageCheck.HeaderOnly,
            PostgreSqlPageCheck.ChecksumOnly]).FirstOrDefault(check => check.Name == name)
            ?? throw new CommandException($"The instance checks pages by '{name}', which this tool does not have.");
}
