using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;

namespace Forebay.Storage;

/// <summary>Syncing, closing, cutting and removing without blocking a thread while operations are in flight.</summary>
/// <remarks>
/// The gates are held by threads, so nothing is awaited under them: what was started before is awaited first, and the
/// blocking form then finds nothing to wait for, unless somebody starts more meanwhile. Cancelling ends the waiting;
/// nothing has been done then.
/// </remarks>
internal sealed partial class StorageManager
{
    /// <summary>As <see cref="Close"/>; the session is not used until this is complete.</summary>
    public async ValueTask CloseAsync(
        RelationFork fork, IoSession session, CancellationToken cancellationToken = default)
    {
        await WaitForStartedAsync(fork, session, cancellationToken).ConfigureAwait(false);
        Close(fork);
    }

    /// <summary>As <see cref="Unlink"/>; the session is not used until this is complete.</summary>
    /// <exception cref="StorageException">A file could not be removed; those before it are still there.</exception>
    public async ValueTask UnlinkAsync(
        RelationFork fork, IoSession session, CancellationToken cancellationToken = default)
    {
        CheckWritable();
        await WaitForStartedAsync(fork, session, cancellationToken).ConfigureAwait(false);
        Unlink(fork);
    }

    /// <summary>As <see cref="Truncate"/>; the session is not used until this is complete.</summary>
    /// <exception cref="ArgumentException">The fork has fewer blocks.</exception>
    /// <exception cref="StorageException">A file could not be cut; later segments may be cut already.</exception>
    public async ValueTask TruncateAsync(
        RelationFork fork, uint blocks, IoSession session, CancellationToken cancellationToken = default)
    {
        CheckWritable();
        await WaitForStartedAsync(fork, session, cancellationToken).ConfigureAwait(false);
        Truncate(fork, blocks);
    }

    /// <summary>
    /// As <see cref="Sync"/>, each file by an operation that is awaited; the session is not used until this is
    /// complete. New names in the folder are synced on the calling thread.
    /// </summary>
    /// <returns>Files that were synced.</returns>
    /// <exception cref="StorageException">It failed, now or earlier.</exception>
    public async ValueTask<int> SyncAsync(
        RelationFork fork, IoSession session, CancellationToken cancellationToken = default)
    {
        ThrowIfSyncFailed(fork);
        int segment = 0;
        for (; HasSegment(fork, segment); segment++)
        {
            IoReturn result = new(); // one for each: a cancelled wait leaves its operation behind, with its result
            int handle = await session.AcquireAsync(result, cancellationToken).ConfigureAwait(false);
            IoWaitReference reference = session.Reference(handle);
            StartSync(session, handle, fork, segment, dataOnly: false);
            await session.WaitAsync(reference, cancellationToken).ConfigureAwait(false);
            if (result.Result.Status != IoStatus.Ok)
                throw session.Engine.Callbacks.Report(result.Result, result.Target);
        }

        SyncNames(fork);
        ThrowIfSyncFailed(fork); // as in the form that blocks
        return segment;
    }

    private bool HasSegment(RelationFork fork, int segment)
    {
        int error = Lease(fork, segment, forWrite: false, FileCreation.Never, out FileLease lease);
        if (error == -(int)Errno.NoEntry && segment > 0)
            return false;
        if (error < 0)
            throw StorageErrors.File("open", fork, segment, -error);
        Files.Release(lease);
        return true;
    }

    /// <summary>
    /// Waits for the operations on the fork's files that were started before the call, whoever issued them; what is
    /// only staged is submitted.
    /// </summary>
    public async ValueTask WaitForStartedAsync(
        RelationFork fork, IoSession session, CancellationToken cancellationToken)
    {
        for (int segment = 0; segment < fork.FilesKnown; segment++)
        {
            FileReference file = fork.File(segment);
            for (int handle = 0; file.IsValid && handle < session.Engine.Handles.Count; handle++)
            {
                IoWaitReference use = Files.UseOf(file, handle);
                if (use.IsValid)
                    await session.WaitAsync(use, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
