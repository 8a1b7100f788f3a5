namespace Forebay.PostgreSql.Clusters;

/// <summary>The files of a data directory that hold pages: those that <c>pg_checksums --check</c> reads.</summary>
/// <remarks>
/// <para>
/// Everything below <c>global</c>, <c>base</c> and, for each tablespace, below the directory of this cluster's version
/// (<see cref="ControlFile.TablespaceDirectoryName"/>), but not what is skipped by name: temporary files and
/// directories (<c>pgsql_tmp…</c>), and the few files that have no pages. A name need not look like one of a relation.
/// </para>
/// <para>
/// Symbolic links are followed as links to directories. Where <c>pg_checksums</c> would give up, the problem is noted
/// and the rest is looked at all the same. Immutable once made: any thread may read it.
/// </para>
/// </remarks>
public sealed class ClusterFiles
{
    private const string TablespacesDirectory = "pg_tblspc";

    // pg_tblspc/<tablespace>/<version>/<database> is the deepest that PostgreSQL makes. A link that leads back up would
    // otherwise be followed for ever.
    private const int DepthMax = 16;

    private static readonly string[] s_roots = ["base", "global", TablespacesDirectory];

    private readonly string _dataDirectory;
    private readonly string _tablespaceDirectoryName;
    private readonly List<RelationFile> _files = [];
    private readonly List<ClusterFileProblem> _problems = [];

    private ClusterFiles(string dataDirectory, string tablespaceDirectoryName)
    {
        _dataDirectory = dataDirectory;
        _tablespaceDirectoryName = tablespaceDirectoryName;
    }

    /// <summary>The files, in ordinal order of their paths.</summary>
    public IReadOnlyList<RelationFile> Files => _files;

    /// <summary>What could not be looked at, in ordinal order of the paths. Empty for a sound data directory.</summary>
    public IReadOnlyList<ClusterFileProblem> Problems => _problems;

    /// <summary>The length of all <see cref="Files"/> together.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Lists the files of a data directory.</summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="controlFile">Its control file, which names the directory to look into in each tablespace.</param>
    /// <returns>The list as it is at this moment.</returns>
    public static ClusterFiles Find(string dataDirectory, ControlFile controlFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        ArgumentNullException.ThrowIfNull(controlFile);
        var found = new ClusterFiles(dataDirectory, controlFile.TablespaceDirectoryName);
        foreach (string root in s_roots)
            found.Scan(root, depth: 1, ofTablespaces: root == TablespacesDirectory);

        found._files.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        found._problems.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return found;
    }

    private void Scan(string relativePath, int depth, bool ofTablespaces = false)
    {
        if (depth > DepthMax)
        {
            Note(relativePath, $"more than {DepthMax} directories deep: not looked into");
            return;
        }

        try
        {
            var directory = new DirectoryInfo(Path.Combine(_dataDirectory, relativePath));
            foreach (FileSystemInfo entry in directory.EnumerateFileSystemInfos())
            {
                if (!IsSkippedEntry(entry.Name))
                    Take(entry, $"{relativePath}/{entry.Name}", depth, ofTablespaces);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Note(relativePath, $"the directory cannot be listed: {e.Message}");
        }
    }

    private void Take(FileSystemInfo entry, string relativePath, int depth, bool ofTablespaces)
    {
        bool isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0;
        if (entry is FileInfo file && !isLink)
        {
            TakeFile(file, relativePath);
        }
        else if (!ofTablespaces)
        {
            Scan(relativePath, depth + 1);
        }
        else
        {
            string versionPath = $"{relativePath}/{_tablespaceDirectoryName}";
            if (Directory.Exists(Path.Combine(_dataDirectory, versionPath)))
                Scan(versionPath, depth + 2);
            else
                Note(versionPath, "the tablespace has no such directory");
        }
    }

    private void TakeFile(FileInfo file, string relativePath)
    {
        if (IsSkippedFile(file.Name))
            return;
        if (!RelationFile.TryParseSegment(file.Name, out uint segment))
        {
            Note(relativePath, RelationFile.SegmentProblem);
            return;
        }

        try
        {
            _files.Add(new RelationFile(relativePath, segment, file.Length));
            LengthBytes += file.Length;
        }
        catch (IOException e)
        {
            Note(relativePath, $"the file cannot be looked at: {e.Message}");
        }
    }

    private void Note(string relativePath, string message) =>
        _problems.Add(new ClusterFileProblem(relativePath, message));

    private static bool IsSkippedEntry(string name) =>
        name.StartsWith("pgsql_tmp", StringComparison.Ordinal) || name == ".DS_Store";

    // The last is left by servers that start their processes anew instead of forking them.
    private static bool IsSkippedFile(string name) =>
        name is "pg_control" or "pg_filenode.map" or "PG_VERSION"
        || name.StartsWith("pg_internal.init", StringComparison.Ordinal)
        || name.StartsWith("config_exec_params", StringComparison.Ordinal);
}
