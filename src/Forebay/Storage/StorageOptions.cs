namespace Forebay.Storage;

/// <summary>Settings of a storage manager.</summary>
internal sealed record StorageOptions
{
    /// <summary>The catalog version folder of PostgreSQL 18.</summary>
    public const string PostgreSql18 = "PG_18_202506291";

    /// <summary>Bytes per block: a power of two from 512 to 65536.</summary>
    public int BlockBytes { get; init; } = 8192;

    /// <summary>Blocks per segment file; 131072 × 8 KiB = 1 GiB.</summary>
    public int SegmentBlocks { get; init; } = 131072;

    /// <summary>Page cache or not.</summary>
    public StorageFileMode FileMode { get; init; }

    /// <summary>
    /// Most files that are open at a time (<c>max_files_per_process</c>); less where the process may not have so many.
    /// </summary>
    public int OpenFilesMax { get; init; } = 1000;

    /// <summary>Whether each write is durable when it completes (O_DSYNC), instead of at the next sync.</summary>
    public bool WritesDurable { get; init; }

    /// <summary>Whether files are opened for reading only; all that changes files is then refused.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Folder name inside a tablespace: PostgreSQL's version and its catalog version.</summary>
    public string TablespaceVersion { get; init; } = PostgreSql18;

    /// <summary>A test's hand on the results of system calls, or null.</summary>
    public IStorageFaults? Faults { get; init; }

    /// <summary>Throws if a setting cannot be.</summary>
    /// <exception cref="ArgumentException">Names the setting, its value and what it may be.</exception>
    public void Validate()
    {
        const int BlockBytesMin = 512;
        const int BlockBytesMax = 65536;
        if (BlockBytes is < BlockBytesMin or > BlockBytesMax || !int.IsPow2(BlockBytes))
            throw new ArgumentException(
                $"The block size is a power of two from {BlockBytesMin} to {BlockBytesMax} bytes, not {BlockBytes}.");
        if (SegmentBlocks < 1)
            throw new ArgumentException($"A segment file has at least one block, not {SegmentBlocks}.");
        if (OpenFilesMax < 1)
            throw new ArgumentException($"max_files_per_process is at least 1, not {OpenFilesMax}.");
        if (!Enum.IsDefined(FileMode))
            throw new ArgumentException($"Unknown file mode {FileMode}.");
        if (string.IsNullOrWhiteSpace(TablespaceVersion) || TablespaceVersion.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"A tablespace's version folder is one name, not '{TablespaceVersion}'.");
    }
}
