using Forebay.Interop;

namespace Forebay.Storage;

/// <summary>
/// The system calls that storage makes itself, with a place for tests to change what they return. What comes back is a
/// value or -errno.
/// </summary>
internal sealed class StorageCalls(IStorageFaults? faults)
{
    /// <summary>Looks for a segment file without opening it; zero if it is there.</summary>
    public int Look(RelationFork fork, int segment, out FileStatus status) => After(
        StorageCall.Look, fork, segment, FileSystemCalls.Status(fork.SegmentFullPath(segment), out status));

    /// <summary>Opens a segment file; a descriptor.</summary>
    public int Open(RelationFork fork, int segment, FileOpenFlags flags)
    {
        int descriptor = FileSystemCalls.Open(fork.SegmentFullPath(segment), flags);
        int believed = After(StorageCall.Open, fork, segment, descriptor);
        if (believed < 0 && descriptor >= 0)
            _ = FileSystemCalls.Close(descriptor);
        return believed;
    }

    /// <summary>Reads into memory of the kernel's taste; bytes.</summary>
    public int Read(SegmentFile file, ReadOnlySpan<IoVector> vectors, long offset, int flags) => After(
        StorageCall.Read, file.Fork, file.Segment, FileTransfer.Read(file.Descriptor, vectors, offset, flags));

    /// <summary>Reads into any memory; bytes.</summary>
    public int Read(SegmentFile file, Span<byte> destination, long offset, int flags) => After(
        StorageCall.Read, file.Fork, file.Segment, FileSystemCalls.Read(file.Descriptor, destination, offset, flags));

    /// <summary>Writes from memory of the kernel's taste; bytes.</summary>
    public int Write(SegmentFile file, ReadOnlySpan<IoVector> vectors, long offset, int flags) => After(
        StorageCall.Write, file.Fork, file.Segment, FileTransfer.Write(file.Descriptor, vectors, offset, flags));

    /// <summary>Writes from any memory; bytes.</summary>
    public int Write(SegmentFile file, ReadOnlySpan<byte> source, long offset, int flags) => After(
        StorageCall.Write, file.Fork, file.Segment, FileSystemCalls.Write(file.Descriptor, source, offset, flags));

    /// <summary>Reserves room.</summary>
    public int Allocate(SegmentFile file, long offset, long length) => After(
        StorageCall.Allocate, file.Fork, file.Segment, FileSystemCalls.Allocate(file.Descriptor, offset, length));

    /// <summary>Cuts a file.</summary>
    public int Truncate(SegmentFile file, long length) => After(
        StorageCall.Truncate, file.Fork, file.Segment, FileSystemCalls.Truncate(file.Descriptor, length));

    /// <summary>Makes a file durable.</summary>
    public int Sync(SegmentFile file, bool dataOnly) => After(
        StorageCall.Sync, file.Fork, file.Segment, FileTransfer.Sync(file.Descriptor, dataOnly));

    /// <summary>Makes the names in a folder durable.</summary>
    /// <param name="fork">For whose sake.</param>
    /// <param name="folder">Which folder.</param>
    /// <param name="isOpen">False if it could not be opened: then nothing is lost, and it can be tried again.</param>
    public int SyncFolder(RelationFork fork, string folder, out bool isOpen)
    {
        int descriptor = After(StorageCall.OpenFolder, fork, 0, FileSystemCalls.Open(folder, FileOpenFlags.Directory));
        isOpen = descriptor >= 0;
        if (!isOpen)
            return descriptor;
        int result = FileTransfer.Sync(descriptor, dataOnly: false);
        _ = FileSystemCalls.Close(descriptor);
        return After(StorageCall.SyncFolder, fork, 0, result);
    }

    /// <summary>Removes the name of a segment file.</summary>
    public int Unlink(RelationFork fork, int segment) => After(
        StorageCall.Unlink, fork, segment, FileSystemCalls.Unlink(fork.SegmentFullPath(segment)));

    private int After(StorageCall call, RelationFork fork, int segment, int result) =>
        faults is null ? result : faults.After(call, fork.SegmentPath(segment), result);
}
