namespace Forebay.Storage;

/// <summary>
/// A file of a relation could not be read, written, made, cut or synced. The message names the file, the blocks and
/// the reason; the properties repeat it for programs.
/// </summary>
public sealed class StorageException : IOException
{
    internal StorageException(string message, string path, int errno, uint firstBlock = 0, int blockCount = 0,
        long bytesRead = 0)
        : base(message)
    {
        Path = path;
        Errno = errno;
        FirstBlock = firstBlock;
        BlockCount = blockCount;
        BytesRead = bytesRead;
    }

    /// <summary>
    /// The kernel's error number; zero if there was none, as when a file ends before the blocks that were asked for.
    /// </summary>
    public int Errno { get; }

    /// <summary>
    /// Whether the error is that of the blocks themselves (a bad sector, a checksum of device or file system that does
    /// not match), so that the blocks beside them may be fine.
    /// </summary>
    public bool IsUnreadable => BlockCount > 0 && Interop.ErrnoTable.IsUnreadable((Interop.Errno)Errno);

    /// <summary>The segment file: relative to the data directory, or as it was given.</summary>
    public string Path { get; }

    /// <summary>First block that was asked for, counted from the start of the relation.</summary>
    public uint FirstBlock { get; }

    /// <summary>Blocks that were asked for; zero if it was not about blocks.</summary>
    public int BlockCount { get; }

    /// <summary>
    /// Bytes that were transferred. Asynchronous operations count whole blocks only.
    /// </summary>
    public long BytesRead { get; }
}
