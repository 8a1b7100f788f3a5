using Forebay.Comparison.Peers;
using Forebay.Comparison.Running;
using Forebay.PostgreSql.Pages;
using Forebay.Storage;

namespace Forebay.Comparison.Loads;

/// <summary>
/// An instance over the relation, laid out as a data directory, since a shared instance knows no plain files. All
/// contenders have the same settings and the same workers in total.
/// </summary>
internal sealed record SharedSetup(string DataDirectory, int Pages, IoMethod Method, bool Cached)
{
    private const int Depth = 32;
    private const int WorkersInTotal = 4;

    public static RelationLocator Locator { get; } = new(RelationLocator.DefaultTablespace, 5, 16384);

    /// <summary>Lays the file out: <c>base/5/16384</c> is a link to it.</summary>
    /// <param name="file">The relation that everybody reads.</param>
    /// <param name="folder">Folder for the data directory.</param>
    /// <param name="method">Who executes.</param>
    /// <param name="cached">Whether what is read fits into half the pool; else all of the file, direct.</param>
    public static SharedSetup Of(DataFile file, string folder, IoMethod method, bool cached)
    {
        string link = Path.Combine(folder, "base", "5", "16384");
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        if (!File.Exists(link))
            File.CreateSymbolicLink(link, Path.GetFullPath(file.Path));
        const int HalfOfThePool = (int)(ForebaySetup.PoolBytes / Contender.PageBytes / 2);
        return new SharedSetup(folder, cached ? Math.Min(file.Pages, HalfOfThePool) : file.Pages, method, cached);
    }

    /// <summary>Opens it.</summary>
    /// <param name="sharing">Under which name others attach; null = it is private.</param>
    /// <param name="processes">Processes that will execute its I/O.</param>
    public ForebayInstance Open(Sharing? sharing, int processes) =>
        ForebayInstance.Open(DataDirectory, new ForebayOptions(Own(processes))
        {
            Sharing = sharing,
            IoMethod = Method,
            IoMode = IoMode.Direct,
            ReadOnly = true,
            BufferPoolBytes = ForebaySetup.PoolBytes,
            IoMaxConcurrency = Depth + 8,
        });

    /// <summary>What is each process's own.</summary>
    public static ForebayOptions Own(int processes) => new()
    {
        EffectiveIoConcurrency = Depth,
        IoMinWorkers = WorkersInTotal / processes,
        IoMaxWorkers = WorkersInTotal / processes,
        PageCheck = PostgreSqlPageCheck.ChecksumOnly,
    };
}
