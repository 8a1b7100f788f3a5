namespace Forebay.Comparison.Running;

/// <summary>
/// The tool compiled ahead of time, as it would be installed: made by <c>dotnet publish</c> from the sources that this
/// program was built from, when it is first asked for.
/// </summary>
internal sealed class NativeTool
{
    private const string Solution = "Forebay.slnx";

    private readonly string _folder;
    private readonly Lazy<string?> _missing;

    /// <summary>The tool in a folder of its own.</summary>
    public NativeTool(string folder)
    {
        _folder = folder;
        _missing = new Lazy<string?>(Make);
    }

    /// <summary>The program.</summary>
    public string Program => Path.Combine(_folder, "Forebay.Tool");

    /// <summary>Why there is none; null = there is.</summary>
    public string? Missing => _missing.Value;

    private string? Make()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, Solution)))
            root = root.Parent;
        if (root is null)
            return "the sources are not there to compile it from";
        try
        {
            Programs.Run("dotnet", [
                "publish", Path.Combine(root.FullName, "src", "Forebay.Tool"), "-c", "Release", "-p:PublishAot=true",
                "--use-current-runtime", "--artifacts-path", Path.Combine(_folder, "artifacts"), "-o", _folder,
            ]);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return $"it could not be compiled ahead of time: {exception.Message.Split('\n')[0]}";
        }
    }
}
