using System.Diagnostics;
using System.Globalization;

namespace Forebay.PostgreSql.Clusters;

/// <summary>What <c>global/pg_control</c> says of a PostgreSQL 13 to 18 data directory.</summary>
/// <remarks>Immutable: any thread may read it.</remarks>
public sealed class ControlFile
{
    /// <summary>Where the control file is, relative to the data directory.</summary>
    public const string RelativePath = "global/pg_control";

    // A server that writes the file meanwhile can give a reader half of the old and half of the new content.
    private const int ReadsMax = 10;

    private const int VerifiableBlockSize = Pages.PageChecksum.PageSize;
    private const uint VerifiableChecksumVersion = 1;

    internal ControlFile(string path) => Path = path;

    /// <summary>The path that the file was read from.</summary>
    public string Path { get; }

    /// <summary>The number that the cluster was given when it was made.</summary>
    public ulong SystemIdentifier { get; internal init; }

    /// <summary>The version of the control file's own format: 1300 (PostgreSQL 13 to 16), 1700 or 1800.</summary>
    public uint ControlVersion { get; internal init; }

    /// <summary>The version of the system catalogs, by date, as in 202506291.</summary>
    public uint CatalogVersion { get; internal init; }

    /// <summary>The major version of the server that the cluster belongs to: 13 to 18.</summary>
    public int ServerMajorVersion { get; internal init; }

    /// <summary>What the server was doing last.</summary>
    public ClusterState State { get; internal init; }

    /// <summary>The next transaction to be, with its epoch in the upper half, at the last checkpoint.</summary>
    public ulong NextTransaction { get; internal init; }

    /// <summary>The oldest transaction whose state is sure to be on record.</summary>
    public uint OldestTransaction { get; internal init; }

    /// <summary>The next multitransaction to be, at the last checkpoint.</summary>
    public uint NextMultitransaction { get; internal init; }

    /// <summary>Where the members of the next multitransaction will start.</summary>
    public uint NextMultitransactionMember { get; internal init; }

    /// <summary>The oldest multitransaction whose members are sure to be on record.</summary>
    public uint OldestMultitransaction { get; internal init; }

    /// <summary>The size in bytes of the pages of the data files.</summary>
    public int BlockSize { get; internal init; }

    /// <summary>How many blocks a full segment file of a relation holds.</summary>
    public uint SegmentBlocks { get; internal init; }

    /// <summary>The version of the page checksums; 0 if pages carry none.</summary>
    public uint ChecksumVersion { get; internal init; }

    /// <summary>Whether the server stopped in an orderly way, so that no page is expected to be torn.</summary>
    public bool IsShutDownCleanly => State is ClusterState.ShutDown or ClusterState.ShutDownInRecovery;

    /// <summary>The directory that this cluster has inside each tablespace, as in <c>PG_18_202506291</c>.</summary>
    public string TablespaceDirectoryName =>
        string.Create(CultureInfo.InvariantCulture, $"PG_{ServerMajorVersion}_{CatalogVersion}");

    /// <summary>Reads the control file of a data directory and checks its own checksum.</summary>
    /// <param name="dataDirectory">The data directory (the one that holds <c>global</c> and <c>base</c>).</param>
    /// <returns>What the file says.</returns>
    /// <exception cref="ClusterException">
    /// The file is missing, unreadable, truncated, damaged or of an unknown version.
    /// </exception>
    public static ControlFile Read(string dataDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataDirectory);
        string path = System.IO.Path.Combine(dataDirectory, RelativePath);
        byte[] content = ReadContent(dataDirectory, path);
        for (int reads = 1; ; reads++)
        {
            try
            {
                return Parse(content, path);
            }
            catch (ClusterException) when (reads < ReadsMax)
            {
                byte[] again = ReadContent(dataDirectory, path);
                if (again.AsSpan().SequenceEqual(content))
                    throw;
                content = again;
            }
        }
    }

    /// <summary>Takes the content of a control file apart and checks its own checksum.</summary>
    /// <param name="content">The file's bytes; what follows the checksum does not matter.</param>
    /// <param name="path">The name to use for the file in error messages.</param>
    /// <returns>What the file says.</returns>
    /// <exception cref="ClusterException">The content is truncated, damaged or of an unknown version.</exception>
    public static ControlFile Parse(ReadOnlySpan<byte> content, string path) => ControlFileParser.Parse(content, path);

    /// <summary>
    /// Checks what must hold before the pages can be verified: shut down cleanly, page checksums on, pages of 8 KiB.
    /// </summary>
    /// <exception cref="ClusterException">
    /// One of them does not hold; the message says which, and what was found.
    /// </exception>
    public void RequireVerifiable() => RequireVerifiable(acceptUnclean: false);

    /// <summary>As <see cref="RequireVerifiable()"/>.</summary>
    /// <param name="acceptUnclean">Whether it is accepted that the server runs, or crashed.</param>
    /// <exception cref="ClusterException">Something else does not hold.</exception>
    public void RequireVerifiable(bool acceptUnclean)
    {
        if (BlockSize != VerifiableBlockSize)
            throw Unusable($"the cluster has pages of {BlockSize} bytes; only {VerifiableBlockSize} can be verified");
        if (!acceptUnclean && !IsShutDownCleanly)
            throw Unusable($"the cluster must be shut down cleanly; its state is \"{Describe(State)}\"");
        if (ChecksumVersion == 0)
            throw Unusable("the cluster has no page checksums (data checksums are off)");
        if (ChecksumVersion != VerifiableChecksumVersion)
        {
            throw Unusable(
                $"the pages have checksums of version {ChecksumVersion}; only {VerifiableChecksumVersion} is known");
        }
    }

    private static string Describe(ClusterState state) => state switch
    {
        ClusterState.Starting => "starting up",
        ClusterState.ShutDown => "shut down",
        ClusterState.ShutDownInRecovery => "shut down in recovery",
        ClusterState.ShuttingDown => "shutting down",
        ClusterState.InCrashRecovery => "in crash recovery",
        ClusterState.InArchiveRecovery => "in archive recovery",
        ClusterState.InProduction => "in production",
        _ => throw new UnreachableException(),
    };

    private static byte[] ReadContent(string dataDirectory, string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            string message = Directory.Exists(dataDirectory)
                ? $"{dataDirectory}: not a PostgreSQL data directory: it has no {RelativePath}"
                : $"{dataDirectory}: no such directory";
            throw new ClusterException(dataDirectory, message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException(path, $"{path}: cannot be read: {e.Message}", e);
        }
    }

    private ClusterException Unusable(string problem) => new(Path, $"{Path}: {problem}");
}
