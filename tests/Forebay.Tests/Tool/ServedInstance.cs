using Forebay.Storage;
using Shared;

namespace Forebay.Tests.Tool;

/// <summary>An instance that <c>forebay serve</c> holds, over a relation of a few pages.</summary>
internal sealed class ServedInstance : IDisposable
{
    public const string Name = "served";
    public const int BlockBytes = 8192;
    public const int Blocks = 16;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("forebay-served-");

    public ServedInstance(IoMethod method = IoMethod.Worker)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(RelationFile)!);
        File.WriteAllBytes(RelationFile, new byte[Blocks * BlockBytes]);
        Serve = Start(method);
        Serve.Until("serving served:");
    }

    public static RelationLocator Locator { get; } = new(1663, 5, 16384);

    public SharedFolder Folder { get; } = new();

    public ToolProcess Serve { get; }

    public string DataDirectory => _data.FullName;

    public string RelationFile => Path.Combine(DataDirectory, "base", "5", "16384");

    /// <summary>A process that serves it.</summary>
    public ToolProcess Start(IoMethod method) => ToolProcess.Start("serve", "--share", Name, "--data", DataDirectory,
        "--share-dir", Folder.Path, "--pool", "4MiB", "--io-method", ForebayNames.Of(method));

    /// <summary>A command on it, in a process of its own.</summary>
    public ToolProcess Tool(params string[] words) => ToolProcess.Start([.. words, "--share-dir", Folder.Path]);

    /// <summary>A command on it, in this process.</summary>
    public ToolRun Run(params string[] words) => ToolRun.Of([.. words, "--share-dir", Folder.Path]);

    /// <summary>This process becomes a member.</summary>
    public ForebayInstance Attach() => ForebayInstance.Attach(Folder.Named(Name));

    public void Dispose()
    {
        Serve.Dispose();
        Folder.Dispose();
        _data.Delete(recursive: true);
    }
}
