using Forebay.Comparison.PostgreSql;

namespace Forebay.Comparison.Running;

/// <summary>The data of the comparison, each piece made when it is first asked for, all of it in one folder.</summary>
internal sealed class Workplace : IDisposable
{
    private const int Seed = 42;
    private const int ClusterMebibytes = 2200;
    private const int MemoryMebibytes = 512;
    private const string MemoryFolder = "/dev/shm";

    private readonly string _folder;
    private readonly int _pages;
    private readonly Lazy<PostgresCluster?> _postgres;
    private readonly Lazy<PostgresCluster?> _cluster;
    private readonly Lazy<DataFile> _relation;
    private readonly Lazy<DataFile> _memory;
    private string? _memoryFolder;
    private string? _whyNoPostgres;

    public Workplace(string folder, int mebibytes)
    {
        _folder = Path.GetFullPath(folder);
        _pages = mebibytes * 128;
        Directory.CreateDirectory(_folder);
        Native = new NativeTool(Path.Combine(_folder, "native"));
        _postgres = new Lazy<PostgresCluster?>(MakePostgres);
        _cluster = new Lazy<PostgresCluster?>(MakeCluster);
        _relation = new Lazy<DataFile>(() =>
            Postgres?.Relation() ?? TestFile.Make(Path.Combine(_folder, "plain"), _pages, Seed));
        _memory = new Lazy<DataFile>(MakeInMemory);
    }

    /// <summary>The relation that everybody reads: PostgreSQL's table where there is a PostgreSQL.</summary>
    public DataFile Relation => _relation.Value;

    /// <summary>A relation on a file system that is memory.</summary>
    public DataFile InMemory => _memory.Value;

    /// <summary>Folder for a data directory that processes share.</summary>
    public string SharedFolder => Path.Combine(_folder, "shared");

    /// <summary>The tool compiled ahead of time.</summary>
    public NativeTool Native { get; }

    /// <summary>PostgreSQL 18 and its table.</summary>
    public PostgresCluster? Postgres => _postgres.Value;

    /// <summary>Why there is no PostgreSQL 18; null = there is.</summary>
    public string? WhyNoPostgres => Postgres is null ? _whyNoPostgres : null;

    /// <summary>A cluster of PostgreSQL 15, shut down.</summary>
    public PostgresCluster? Cluster => _cluster.Value;

    public string? WhyNoCluster => Cluster is null ? "Debian's PostgreSQL 15 is not installed" : null;

    /// <summary>All pages of the cluster's data files, roughly.</summary>
    public long ClusterPages => new DirectoryInfo(Path.Combine(Cluster!.DataDirectory, "base"))
        .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / Contender.PageBytes;

    public void Delete() => Directory.Delete(_folder, recursive: true);

    public void Dispose()
    {
        if (_memoryFolder is not null)
            Directory.Delete(_memoryFolder, recursive: true);
    }

    private PostgresCluster? MakePostgres()
    {
        _whyNoPostgres = ServerUser.Missing;
        if (_whyNoPostgres is not null)
            return null;
        PostgresBinaries? binaries = PostgresBinaries.Fetch(Path.Combine(_folder, "npm"), out _whyNoPostgres);
        return binaries is null ? null : Prepared(new PostgresCluster(binaries, Path.Combine(_folder, "pg18")), _pages);
    }

    private PostgresCluster? MakeCluster() =>
        PostgresBinaries.Debian() is { } binaries && ServerUser.Missing is null
            ? Prepared(new PostgresCluster(binaries, Path.Combine(_folder, "pg15")), ClusterMebibytes * 128)
            : null;

    private static PostgresCluster Prepared(PostgresCluster cluster, int pages)
    {
        cluster.Prepare(pages);
        return cluster;
    }

    private DataFile MakeInMemory()
    {
        _memoryFolder = Path.Combine(MemoryFolder, $"forebay-comparison-{Environment.ProcessId}");
        return TestFile.Make(_memoryFolder, MemoryMebibytes * 128, Seed);
    }
}
