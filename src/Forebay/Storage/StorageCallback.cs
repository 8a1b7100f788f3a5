using Forebay.Callbacks;
using Forebay.Handles;

namespace Forebay.Storage;

/// <summary>
/// Turns what the kernel returned into blocks. Only whole blocks count: what arrived of a block that is not complete
/// is worth nothing to anybody above, and a continuation restarts at its beginning.
/// </summary>
internal sealed class StorageCallback(StorageManager storage, int blockBytes) : IoCallback
{
    /// <summary>
    /// Data byte of a sync whose file could be opened: its failure is the file's, not that of opening.
    /// </summary>
    public const byte FileIsOpen = 1;

    /// <inheritdoc/>
    public override string Name => "storage";

    /// <inheritdoc/>
    public override IoCallbackHooks Hooks => IoCallbackHooks.CompleteShared | IoCallbackHooks.Report;

    /// <inheritdoc/>
    public override IoResult CompleteShared(in IoHandleView handle, IoResult result, byte data)
    {
        int raw = result.Value;
        bool isSync = handle.Operation is IoOperation.Sync or IoOperation.SyncData;
        if (raw < 0)
        {
            if (isSync && data == FileIsOpen)
                storage.MarkSyncFailed(handle.Target, -raw);
            return new IoResult(IoStatus.Error, 0, IoCallbackIds.Storage, (uint)-raw);
        }

        if (isSync)
            return new IoResult(IoStatus.Ok, 0);
        int asked = handle.Length / blockBytes;
        int done = Math.Min(raw / blockBytes, asked);
        if (done == 0)
            return new IoResult(IoStatus.Error, 0, IoCallbackIds.Storage);
        return done < asked
            ? new IoResult(IoStatus.Partial, done, IoCallbackIds.Storage)
            : new IoResult(IoStatus.Ok, done);
    }

    /// <inheritdoc/>
    public override Exception Report(IoResult result, in IoTargetData target)
    {
        RelationTargetData parts = RelationTargetData.Unpack(target);
        BlockRun run = storage.RunOf(parts);
        int errno = (int)result.Detail;
        if (parts.Count == 0 && run.Fork is { } fork)
            return fork.SyncErrno == 0
                ? StorageErrors.File("sync", fork, storage.SegmentOf(parts.Block), errno)
                : StorageErrors.Sync(fork, errno);
        return errno == 0
            ? StorageErrors.Short(run, parts.IsWrite, result.Value, (long)result.Value * blockBytes)
            : StorageErrors.Blocks(parts.IsWrite ? "write" : "read", run, errno);
    }
}
