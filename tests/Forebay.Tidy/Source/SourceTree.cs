namespace Forebay.Tidy.Source;

/// <summary>Everything that the rules look at: the repository, or the few strings of a rule's own test.</summary>
internal sealed class SourceTree
{
    private static readonly string[] s_skippedFolders =
        ["artifacts", "bin", "obj", "forebay-bench-data", "TestResults"];
    private static readonly string[] s_textExtensions =
        [".md", ".csproj", ".props", ".targets", ".slnx", ".json", ".yml", ".yaml", ".sh", ".txt", ".editorconfig"];

    private readonly Lazy<CoreModel> _core;

    public SourceTree(IEnumerable<(string Path, string Content)> files, IEnumerable<string>? otherPaths = null)
    {
        var all = files.ToList();
        Paths = [.. all.Select(file => file.Path), .. otherPaths ?? []];
        Sources = [.. all.Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal))
            .AsParallel().AsOrdered().Select(f => new SourceFile(f.Path, f.Content))];
        Texts = [.. all.Where(f => !f.Path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(f => new TextFile(f.Path, f.Content))];
        _core = new Lazy<CoreModel>(() => new CoreModel(Sources.Where(f => f.IsCore)));
    }

    /// <summary>Every file of the tree, read or not.</summary>
    public IReadOnlyList<string> Paths { get; }

    public IReadOnlyList<SourceFile> Sources { get; }

    public IReadOnlyList<TextFile> Texts { get; }

    /// <summary>The semantic model of <c>src/Forebay</c>, made when a rule first asks for it.</summary>
    public CoreModel Core => _core.Value;

    /// <summary>The repository that the running test assembly was built from.</summary>
    public static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Forebay.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException(
            $"No Forebay.slnx above {AppContext.BaseDirectory}: run these tests from a build inside the repository.");
    }

    public static SourceTree Load(string root)
    {
        string Relative(string path) => Path.GetRelativePath(root, path).Replace('\\', '/');
        ILookup<bool, string> files = Walk(root).ToLookup(IsRead);
        return new(
            files[true].Select(path => (Relative(path), File.ReadAllText(path))),
            files[false].Select(Relative));
    }

    private static bool IsRead(string path)
    {
        string extension = Path.GetExtension(path);
        return extension == ".cs" || s_textExtensions.Contains(extension)
            || path.EndsWith("/.ci/run", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            yield return file;
        foreach (string child in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(child);
            bool hidden = name.StartsWith('.') && name is not (".ci" or ".github");
            if (hidden || s_skippedFolders.Contains(name))
                continue;
            foreach (string file in Walk(child))
                yield return file;
        }
    }
}
