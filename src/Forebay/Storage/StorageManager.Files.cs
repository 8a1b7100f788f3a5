using Forebay.Handles;
using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Storage;

/// <summary>Making, removing and syncing forks.</summary>
internal sealed partial class StorageManager
{
    /// <summary>Whether the fork's first segment file is there.</summary>
    /// <exception cref="StorageException">It cannot be told.</exception>
    public bool Exists(RelationFork fork)
    {
        fork.ThrowIfForgotten();
        int result = _calls.Look(fork, 0, out _);
        return result switch
        {
            0 => true,
            -(int)Errno.NoEntry or -(int)Errno.NotDirectory => false,
            _ => throw StorageErrors.File("look for", fork, 0, -result),
        };
    }

    /// <summary>
    /// Makes the fork, empty; folders of the data directory with it. Durable at the next <see cref="Sync"/>.
    /// </summary>
    /// <param name="fork">The fork.</param>
    /// <param name="existsIsFine">Whether one that is there already is left as it is.</param>
    /// <exception cref="StorageException">It could not be made, or is there already.</exception>
    public void Create(RelationFork fork, bool existsIsFine)
    {
        CheckWritable();
        int error = Lease(fork, 0, forWrite: false, FileCreation.MustBeNew, out FileLease lease);
        if (error == 0)
        {
            DeathPoints.Reach(DeathPoint.CreatedNotSaid);
            Files.Release(lease);
            _ = _shared?.Invalidate(fork.Identity); // our own is the new one, but for the number
        }
        else if (!existsIsFine || error != -(int)Errno.Exists)
            throw StorageErrors.File("create", fork, 0, -error);
    }

    /// <summary>
    /// Removes all segment files, the last first. Operations in flight are submitted and waited for; operations that
    /// are started meanwhile wait, and then find no file. What is not there is removed already.
    /// </summary>
    /// <exception cref="StorageException">A file could not be removed; those before it are still there.</exception>
    public void Unlink(RelationFork fork)
    {
        CheckWritable();
        using (EnterSize(fork))
        {
            lock (fork.FilesGate)
            {
                fork.ThrowIfForgotten();
                CloseFilesLocked(fork);
                int segments = 1;
                while (_calls.Look(fork, segments, out _) == 0)
                    segments++;
                for (int segment = segments - 1; segment >= 0; segment--)
                {
                    int error = _calls.Unlink(fork, segment);
                    DeathPoints.Reach(DeathPoint.SegmentUnlinked);
                    if (error >= 0 || error == -(int)Errno.NoEntry)
                        continue;
                    Invalidate(fork); // some may be gone
                    throw StorageErrors.File("remove", fork, segment, -error);
                }

                fork.Renew();
                DeathPoints.Reach(DeathPoint.UnlinkNotSaid);
                Invalidate(fork);
            }
        }
    }

    /// <summary>
    /// Closes the fork's files, seeing through what uses them. They are opened again when somebody needs them.
    /// </summary>
    public void Close(RelationFork fork)
    {
        lock (fork.FilesGate)
            CloseFilesLocked(fork);
    }

    /// <summary>
    /// Makes durable what was written, extended, cut and made before. Once a sync of the fork has failed every later
    /// one fails as well: the kernel has dropped what it could not write, and the next sync would report success.
    /// </summary>
    /// <returns>Files that were synced.</returns>
    /// <exception cref="StorageException">It failed, now or earlier.</exception>
    public int Sync(RelationFork fork) => SyncFiles(fork, dataOnly: false);

    /// <summary>As <see cref="Sync"/>; metadata that reading does not need (times) may be lost.</summary>
    /// <returns>Files that were synced.</returns>
    /// <returns>Files that were synced.</returns>
    /// <exception cref="StorageException">It failed, now or earlier.</exception>
    public int SyncData(RelationFork fork) => SyncFiles(fork, dataOnly: true);

    private int SyncFiles(RelationFork fork, bool dataOnly)
    {
        ThrowIfSyncFailed(fork);
        int segment = 0;
        for (; ; segment++)
        {
            int error = Lease(fork, segment, forWrite: false, FileCreation.Never, out FileLease lease);
            if (error == -(int)Errno.NoEntry && segment > 0)
                break;
            if (error < 0)
                throw StorageErrors.File("open", fork, segment, -error);
            Files.BeginSync(lease);
            error = _calls.Sync(new SegmentFile(fork, segment, lease.Descriptor), dataOnly);
            if (error < 0)
                fork.MarkSyncFailed(-error);
            Files.Release(lease);
        }

        SyncNames(fork);
        ThrowIfSyncFailed(fork); // includes what a closing of the file, to make room, may have found meanwhile
        return segment;
    }

    // Up to the data directory itself: the folders may have been made together with the file.
    private void SyncNames(RelationFork fork)
    {
        using (EnterNames(fork))
        {
            DeathPoints.Reach(DeathPoint.NamesGateHeld);
            SyncNamesLocked(fork);
        }
    }

    private void SyncNamesLocked(RelationFork fork)
    {
        fork.ThrowIfForgotten(); // its names are the next object's business
        if (!fork.IsNameNew && _shared is null)
            return; // where there are others, one of them may have made them
        fork.IsNameNew = false; // before the sync: a file that is made during it asks for another
        string folder = fork.Folder;
        while (true)
        {
            int error = _calls.SyncFolder(fork, folder, out bool isOpen);
            if (error < 0 && !isOpen)
            {
                fork.IsNameNew = true;
                throw StorageErrors.Other(fork, 0, "Could not open its folder to sync it: "
                    + ErrnoTable.Describe((Errno)(-error)));
            }

            if (error < 0)
                fork.MarkSyncFailed(-error);
            bool isInside = folder.Length > _dataDirectory.Length
                && folder.StartsWith(_dataDirectory + "/", StringComparison.Ordinal);
            if (fork.IsPlainFile || !isInside)
                return;
            folder = Path.GetDirectoryName(folder) ?? _dataDirectory;
        }
    }

    private static void ThrowIfSyncFailed(RelationFork fork)
    {
        int errno = fork.SyncErrno;
        if (errno != 0)
            throw StorageErrors.Sync(fork, errno);
    }

    private void CloseFilesLocked(RelationFork fork, bool keepSyncPromise = false)
    {
        for (int segment = 0; segment < fork.FilesKnown; segment++)
        {
            FileReference file = fork.File(segment);
            Files.Close(file, keepSyncPromise);
            fork.Remember(segment, default);
        }
    }
}
