using Forebay.Storage;

namespace Forebay;

/// <summary>
/// Syncing, cutting, dropping and letting go of forks without blocking the thread while I/O is in flight on them.
/// </summary>
public sealed partial class ForebaySession
{
    /// <summary>
    /// As <see cref="Sync"/> without blocking the thread while the device works; awaited before the session is used
    /// again. Names that are new in a folder are synced on the thread.
    /// </summary>
    /// <param name="fork">The fork.</param>
    /// <param name="cancellationToken">Ends the waiting; the sync under way goes on, and counts for later ones.</param>
    /// <exception cref="StorageException">
    /// The device says no; then no later call on this fork is to be trusted either.
    /// </exception>
    public async ValueTask SyncAsync(RelationFork fork, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Shared.Stop.Check();
        await _instance.Storage.SyncAsync(fork, Io, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// As <see cref="Truncate"/> without blocking the thread while I/O is in flight on the fork; awaited before the
    /// session is used again. I/O that others begin meanwhile, and the kernel's own call, are waited for on the thread.
    /// </summary>
    /// <param name="fork">The fork.</param>
    /// <param name="blocks">Blocks that stay.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing has been done then.</param>
    /// <exception cref="InvalidOperationException">A session has such a page pinned.</exception>
    public async ValueTask TruncateAsync(
        RelationFork fork, uint blocks, CancellationToken cancellationToken = default)
    {
        await WaitForStartedAsync(fork, cancellationToken).ConfigureAwait(false);
        Cut(fork, blocks, cancellationToken);
    }

    /// <summary>
    /// As <see cref="Drop"/> without blocking the thread while I/O is in flight on the fork; awaited before the session
    /// is used again. I/O that others begin meanwhile, and the kernel's own call, are waited for on the thread.
    /// </summary>
    /// <param name="fork">The fork.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing has been done then.</param>
    /// <exception cref="InvalidOperationException">A session has such a page pinned.</exception>
    public async ValueTask DropAsync(RelationFork fork, CancellationToken cancellationToken = default)
    {
        await WaitForStartedAsync(fork, cancellationToken).ConfigureAwait(false);
        Remove(fork, cancellationToken);
    }

    /// <summary>
    /// As <see cref="Forget"/> without blocking the thread while I/O is in flight on the fork; awaited before the
    /// session is used again. I/O that others begin meanwhile is waited for on the thread.
    /// </summary>
    /// <param name="fork">The fork.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing has been done then.</param>
    /// <exception cref="InvalidOperationException">A session has a page of it pinned.</exception>
    public async ValueTask ForgetAsync(RelationFork fork, CancellationToken cancellationToken = default)
    {
        await WaitForStartedAsync(fork, cancellationToken).ConfigureAwait(false);
        Forget(fork);
    }

    private ValueTask WaitForStartedAsync(RelationFork fork, CancellationToken cancellationToken)
    {
        _ = Buffers(fork); // refuses what is not this session's to touch
        return _instance.Storage.WaitForStartedAsync(fork, Io, cancellationToken);
    }
}
