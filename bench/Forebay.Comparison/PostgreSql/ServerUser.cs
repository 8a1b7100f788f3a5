using Forebay.Comparison.Running;

namespace Forebay.Comparison.PostgreSql;

/// <summary>PostgreSQL refuses to run as root: then it runs as nobody.</summary>
internal static class ServerUser
{
    private const string Name = "nobody";
    private const string Group = "nogroup";

    private static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>Why there is no such user to be; null = there is.</summary>
    public static string? Missing =>
        IsRoot && Programs.Find("setpriv") is null
            ? "setpriv, which runs it as another user than root, is missing"
            : null;

    /// <summary>The command line that runs the program as that user.</summary>
    public static (string Program, IEnumerable<string> Arguments) Command(
        string program, IEnumerable<string> arguments) =>
        IsRoot
            ? ("setpriv", [$"--reuid={Name}", $"--regid={Group}", "--clear-groups", program, .. arguments])
            : (program, arguments);

    public static void Run(string program, IEnumerable<string> arguments)
    {
        (string command, IEnumerable<string> all) = Command(program, arguments);
        Programs.Run(command, all, Path.GetTempPath());
    }

    /// <summary>Makes a folder that belongs to that user.</summary>
    public static void MakeFolder(string path)
    {
        Directory.CreateDirectory(path);
        if (IsRoot)
            Programs.Run("chown", [$"{Name}:{Group}", path]);
    }
}
