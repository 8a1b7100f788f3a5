using Forebay.Handles;
using Forebay.Interop;
using Forebay.Targets;

namespace Forebay.Storage;

/// <summary>Relation files as the target of operations.</summary>
internal sealed class RelationTarget(StorageManager storage) : IoTarget
{
    /// <summary>What views call it.</summary>
    public const string TargetName = "relation";

    /// <inheritdoc/>
    public override string Name => TargetName;

    /// <inheritdoc/>
    public override string Describe(in IoTargetData data) => storage.RunOf(RelationTargetData.Unpack(data)).Describe();

    /// <inheritdoc/>
    public override int Reopen(in IoTargetData data, out FileLease lease)
    {
        RelationTargetData target = RelationTargetData.Unpack(data);
        lease = FileLease.None;
        return storage.TryResolve(target.Identity, out RelationFork? fork)
            ? storage.Lease(fork!, storage.SegmentOf(target.Block), target.IsWrite, FileCreation.Never, out lease)
            : -(int)Errno.NoEntry;
    }

    /// <inheritdoc/>
    internal override bool TryReopen(in IoTargetData data, out FileLease lease) =>
        storage.TryLeaseOpen(RelationTargetData.Unpack(data), out lease);

    /// <inheritdoc/>
    public override void Release(FileLease lease) => storage.Files.Release(lease);
}
