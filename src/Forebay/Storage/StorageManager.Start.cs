using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Targets;
using Forebay.Telemetry;

namespace Forebay.Storage;

/// <summary>Starting operations on handles. No allocation, and no lock while the segment's file is open.</summary>
internal sealed partial class StorageManager
{
    /// <summary>
    /// Starts reading neighbouring blocks into frames. Whatever is wrong with the file, a missing one included, becomes
    /// the operation's result; only misuse throws, and then the handle is still handed out.
    /// </summary>
    /// <param name="session">The issuer.</param>
    /// <param name="handle">Handed out to it; callbacks of upper layers are registered already.</param>
    /// <param name="fork">What to read.</param>
    /// <param name="block">First block.</param>
    /// <param name="arena">Arena of the frames; its frames are as large as blocks.</param>
    /// <param name="frames">One frame per block; at most <see cref="CombineMax"/>.</param>
    /// <exception cref="ArgumentException">The run leaves its segment, or the frames do not fit.</exception>
    public void StartRead(
        IoSession session, int handle, RelationFork fork, uint block, ushort arena, ReadOnlySpan<int> frames) =>
        Start(session, handle, fork, block, arena, frames, isWrite: false);

    /// <summary>
    /// As <see cref="StartRead"/>, from frames to the file. Writes within the fork only; growing is
    /// <see cref="Extend"/>'s. The frames' contents stay unchanged until the operation is over.
    /// </summary>
    /// <exception cref="ArgumentException">The run leaves its segment, or the frames do not fit.</exception>
    /// <exception cref="InvalidOperationException">The storage is read-only.</exception>
    public void StartWrite(
        IoSession session, int handle, RelationFork fork, uint block, ushort arena, ReadOnlySpan<int> frames)
    {
        CheckWritable();
        Start(session, handle, fork, block, arena, frames, isWrite: true);
    }

    /// <summary>
    /// Starts making one segment file durable. A failure marks the fork as <see cref="Sync"/> does. New names in the
    /// folder are <see cref="Sync"/>'s business alone.
    /// </summary>
    /// <param name="session">The issuer.</param>
    /// <param name="handle">Handed out to it.</param>
    /// <param name="fork">Of which fork.</param>
    /// <param name="segment">Which of its segment files.</param>
    /// <param name="dataOnly">Whether metadata that reading does not need may wait.</param>
    public void StartSync(IoSession session, int handle, RelationFork fork, int segment, bool dataOnly)
    {
        uint block = checked((uint)((long)segment * _options.SegmentBlocks));
        IoOperation operation = dataOnly ? IoOperation.SyncData : IoOperation.Sync;
        RelationTargetData target = new(fork.Identity, block, Count: 0, IsWrite: true);
        int error = Lease(fork, segment, forWrite: false, FileCreation.Never, out FileLease lease);

        // After the lease: to get it may have meant to wait until the file was synced and closed to make room, and what
        // failed then the kernel does not tell the next descriptor.
        int failed = fork.SyncErrno;
        if (error == 0 && failed != 0)
        {
            Files.Release(lease);
            lease = FileLease.None;
        }

        if (failed != 0)
            error = -failed;
        try
        {
            session.SetTarget(handle, IoTargetIds.Relation, target.Pack());
            session.AddCallback(handle, IoCallbackIds.Storage, error < 0 ? (byte)0 : StorageCallback.FileIsOpen);
        }
        catch
        {
            if (lease.IsValid)
                Files.Release(lease);
            throw;
        }

        Count(session, handle, CountedOperation.Fsync, 0);
        if (error < 0)
        {
            session.StartFailed(handle, operation, 0, 0, error);
            return;
        }

        Files.BeginSync(lease);
        session.Start(handle, operation, lease, 0, 0);
        Files.Started(lease);
    }

    private void Start(IoSession session, int handle, RelationFork fork, uint block, ushort arena,
        ReadOnlySpan<int> frames, bool isWrite)
    {
        CheckRun(session, block, arena, frames.Length);
        RelationTargetData target = new(fork.Identity, block, frames.Length, isWrite);
        session.SetTarget(handle, IoTargetIds.Relation, target.Pack());
        session.SetFrames(handle, arena, frames);
        session.AddCallback(handle, IoCallbackIds.Storage);

        // Everything that misuse can make throw lies before the lease.
        IoOperation operation = isWrite ? IoOperation.WriteVector : IoOperation.ReadVector;
        long offset = OffsetOf(block);
        int length = frames.Length * _options.BlockBytes;
        int error = Lease(fork, SegmentOf(block), isWrite, FileCreation.Never, out FileLease lease);
        if (error < 0)
        {
            Count(session, handle, isWrite ? CountedOperation.Write : CountedOperation.Read, length);
            session.StartFailed(handle, operation, offset, length, error);
            return;
        }

        session.AddFlags(handle, FlagsFor(lease));
        Count(session, handle, isWrite ? CountedOperation.Write : CountedOperation.Read, length);
        session.Start(handle, operation, lease, offset, length);
        Files.Started(lease);
    }

    // At the start: whoever sees the operation in flight sees it counted.
    private static void Count(IoSession session, int handle, CountedOperation operation, int bytes) =>
        session.Tally.Count(session.PurposeOf(handle), operation, 1, bytes);

    private IoHandleFlags FlagsFor(FileLease lease)
    {
        if (_options.FileMode == StorageFileMode.Direct)
            return IoHandleFlags.None;
        return Files.IsUncached(lease) ? IoHandleFlags.Buffered | IoHandleFlags.Uncached : IoHandleFlags.Buffered;
    }

    private void CheckRun(IoSession session, uint block, ushort arena, int count)
    {
        if (count > CombineMax(block))
            throw new ArgumentException(
                $"{count} blocks from block {block} on leave the segment, which has {CombineMax(block)} of them left.",
                nameof(count));
        int frameBytes = session.Engine.Arenas[arena].FrameBytes;
        if (frameBytes != _options.BlockBytes)
            throw new ArgumentException(
                $"Frame arena {arena} has frames of {frameBytes} bytes, blocks have {_options.BlockBytes}.",
                nameof(arena));
    }
}
