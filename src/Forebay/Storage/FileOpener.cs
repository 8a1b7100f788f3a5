using Forebay.Interop;

namespace Forebay.Storage;

/// <summary>
/// Opens segment files in the mode that the settings ask for, and refuses what a file system cannot do instead of
/// quietly doing something else.
/// </summary>
internal sealed class FileOpener(StorageOptions options, StorageCalls calls, AlignedPages pages)
{
    /// <summary>
    /// Memory of frames and of storage's own pages is aligned to this, or to a block if that is less.
    /// </summary>
    public const int MemoryAlignment = 4096;

    /// <summary>File systems met so far.</summary>
    public FileSystemTable FileSystems { get; } = new();

    /// <summary>Opens a segment file.</summary>
    /// <returns>The descriptor, or -errno; EINVAL with the reason in <see cref="RelationFork.OpenRefusal"/>.</returns>
    public int Open(RelationFork fork, int segment, FileCreation creation, out bool isUncached)
    {
        isUncached = false;
        FileOpenFlags flags = Flags(creation);
        int descriptor = calls.Open(fork, segment, flags);
        if (descriptor == -(int)Errno.NoEntry && creation != FileCreation.Never && TryMakeFolder(fork))
            descriptor = calls.Open(fork, segment, flags);
        if (descriptor == -(int)Errno.InvalidArgument && options.FileMode == StorageFileMode.Direct)
            return RefusedAtOpen(fork, segment, creation);
        if (descriptor < 0)
            return descriptor;
        if (creation != FileCreation.Never)
            fork.IsNameNew = true;
        return options.FileMode == StorageFileMode.Buffered
            ? descriptor
            : Examine(fork, segment, descriptor, creation, out isUncached);
    }

    /// <summary>
    /// Why files in a folder cannot be opened for direct I/O; null if they can, or if only opening one would tell.
    /// </summary>
    public string? DirectRefusal(string folder)
    {
        const FileOpenFlags Probe = FileOpenFlags.Anonymous | FileOpenFlags.Write | FileOpenFlags.Direct;
        int descriptor = FileSystemCalls.Open(folder, Probe);
        if (descriptor == -(int)Errno.InvalidArgument)
            return NoDirect(folder);
        if (descriptor < 0)
            return null; // no such folder yet, not writable, or a file system without nameless files
        int result = FileSystemCalls.Status(descriptor, out FileStatus status);
        string? refusal = result < 0
            ? null
            : DirectRefusal(descriptor, status, FileSystems.Of(descriptor, status, options.FileMode));
        _ = FileSystemCalls.Close(descriptor);
        return refusal;
    }

    private FileOpenFlags Flags(FileCreation creation)
    {
        FileOpenFlags flags = creation switch
        {
            FileCreation.Never => FileOpenFlags.None,
            FileCreation.IfMissing => FileOpenFlags.Create,
            FileCreation.MustBeNew => FileOpenFlags.Create | FileOpenFlags.Exclusive,
            _ => throw new ArgumentOutOfRangeException(nameof(creation)),
        };
        if (!options.ReadOnly)
            flags |= FileOpenFlags.Write;
        if (options.FileMode == StorageFileMode.Direct)
            flags |= FileOpenFlags.Direct;
        if (options.WritesDurable)
            flags |= FileOpenFlags.DataSync;
        return flags;
    }

    private int Examine(
        RelationFork fork, int segment, int descriptor, FileCreation creation, out bool isUncached)
    {
        isUncached = false;
        int result = FileSystemCalls.Status(descriptor, out FileStatus status);
        if (result < 0)
        {
            _ = FileSystemCalls.Close(descriptor);
            return result;
        }

        FileSystemFacts facts = FileSystems.Of(descriptor, status, options.FileMode);
        if (options.FileMode == StorageFileMode.Uncached)
        {
            isUncached = facts.HasUncached;
            return descriptor;
        }

        string? refusal = DirectRefusal(descriptor, status, facts);
        if (refusal is null)
        {
            fork.OpenRefusal = null;
            return descriptor;
        }

        fork.OpenRefusal = refusal;
        _ = FileSystemCalls.Close(descriptor);
        TakeBack(fork, segment, creation);
        return -(int)Errno.InvalidArgument;
    }

    private string? DirectRefusal(int descriptor, FileStatus status, FileSystemFacts facts)
    {
        if (status is { StatesDirect: true, DirectMemoryAlignment: 0 })
            return $"io_direct: the file system ({facts.Name}) does not offer direct I/O for this file";
        int memory = status.StatesDirect ? status.DirectMemoryAlignment : facts.LogicalBlockBytes;
        int offset = status.StatesDirect ? status.DirectOffsetAlignment : facts.LogicalBlockBytes;
        if (AlignmentRefusal(options.BlockBytes, memory, offset, facts.Name) is { } refusal)
            return refusal;

        // Nothing stated: the device's word may not be the file system's last, so one read is tried.
        if (!status.StatesDirect && TrialRead(descriptor) == -(int)Errno.InvalidArgument)
            return $"io_direct: the file system ({facts.Name}) refuses direct reads of {options.BlockBytes} bytes";
        return null;
    }

    /// <summary>Why pages of a size do not suit what a file system wants of direct I/O, or null if they do.</summary>
    internal static string? AlignmentRefusal(int blockBytes, int memory, int offset, string fileSystem)
    {
        if (blockBytes % offset != 0)
            return $"io_direct: the file system ({fileSystem}) wants direct I/O in units of {offset} bytes, "
                + $"of which a page of {blockBytes} bytes is no multiple";
        int aligned = Math.Min(MemoryAlignment, blockBytes);
        return aligned % memory == 0
            ? null
            : $"io_direct: the file system ({fileSystem}) wants memory aligned to {memory} bytes, "
                + $"pages are aligned to {aligned}";
    }

    private int TrialRead(int descriptor)
    {
        using AlignedPages.Lease page = pages.Take();
        return FileTransfer.Read(descriptor, [page.Vector], 0);
    }

    // The kernel refuses the flag only after it has made the file.
    private int RefusedAtOpen(RelationFork fork, int segment, FileCreation creation)
    {
        fork.OpenRefusal = NoDirect(fork.SegmentFullPath(segment));
        TakeBack(fork, segment, creation);
        return -(int)Errno.InvalidArgument;
    }

    private void TakeBack(RelationFork fork, int segment, FileCreation creation)
    {
        if (creation == FileCreation.MustBeNew)
            _ = calls.Unlink(fork, segment);
    }

    private static string NoDirect(string fullPath)
    {
        int descriptor = FileSystemCalls.Open(fullPath, FileOpenFlags.None);
        string name = descriptor >= 0 ? FileSystemTable.NameOf(descriptor) : "unknown";
        if (descriptor >= 0)
            _ = FileSystemCalls.Close(descriptor);
        return $"io_direct: the file system ({name}) does not offer direct I/O";
    }

    private static bool TryMakeFolder(RelationFork fork)
    {
        if (fork.IsPlainFile)
            return false;
        try
        {
            Directory.CreateDirectory(fork.Folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
