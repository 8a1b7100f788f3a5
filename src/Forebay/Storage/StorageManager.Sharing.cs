using Forebay.Handles;

namespace Forebay.Storage;

/// <summary>Files that other processes open, cut and remove as well.</summary>
internal sealed partial class StorageManager
{
    private SharedRelations? _shared;

    /// <summary>Other processes use the same files; said before the first is opened.</summary>
    public void Share(SharedRelations relations)
    {
        _shared = relations;
        _forks.Sharers = relations;
    }

    /// <summary>Gives back what a dead process held of relations.</summary>
    internal void TakeOver(int deadSlot) => _shared?.TakeOver(deadSlot);

    /// <summary>Gates of relations that a process is in.</summary>
    internal int GatesOf(int processSlot) => _shared?.GatesOf(processSlot) ?? 0;

    /// <summary>
    /// Leases the file of an operation if it is open here and good, without a lock and without waiting.
    /// </summary>
    internal bool TryLeaseOpen(in RelationTargetData target, out FileLease lease)
    {
        lease = FileLease.None;
        return _forks.TryGet(target.Identity, out RelationFork? fork) && fork!.Use == ForkUse.InUse && IsFresh(fork)
            && Files.TryLease(fork.File(SegmentOf(target.Block)), target.IsWrite, out lease);
    }

    /// <summary>Held by who adds a page at the end of the fork, from looking at its size until it has grown.</summary>
    internal GateScope EnterExtend(Lock own, RelationFork fork, CancellationToken cancellationToken) =>
        new(own, _shared, GateKind.Extend, fork, cancellationToken);

    private GateScope EnterSize(RelationFork fork) => new(fork.SizeGate, _shared, GateKind.Size, fork);

    private GateScope EnterNames(RelationFork fork) => new(fork.NamesGate, _shared, GateKind.Names, fork);

    private bool IsFresh(RelationFork fork) =>
        _shared is null || fork.FilesGeneration == _shared.GenerationOf(fork.Identity);

    // Files that were opened before somebody removed, cut or made them anew are closed; who needs one opens it again.
    private void Refresh(RelationFork fork)
    {
        if (IsFresh(fork))
            return;
        lock (fork.FilesGate)
        {
            int generation = _shared!.GenerationOf(fork.Identity); // before anything is opened anew
            if (fork.FilesGeneration == generation)
                return;
            CloseFilesLocked(fork, keepSyncPromise: true); // it may only have been cut
            fork.LastSegmentHint = 0;
            fork.FilesGeneration = generation;
        }
    }

    // Others hear of it; this process has seen to its own files already.
    private void Invalidate(RelationFork fork)
    {
        if (_shared is not null)
            fork.FilesGeneration = _shared.Invalidate(fork.Identity);
    }
}
