using Forebay.Handles;
using Forebay.Targets;

namespace Forebay.Microbenchmarks.Engines;

/// <summary>Something to do operations to that costs nothing by itself.</summary>
internal sealed class NullTarget : IoTarget
{
    public const byte Id = IoTargetIds.FirstCustom;

    public static FileLease Lease => new(Descriptor: 0, Slot: 0);

    public override string Name => "nothing";

    public override string Describe(in IoTargetData data) => Name;

    public override int Reopen(in IoTargetData data, out FileLease lease)
    {
        lease = Lease;
        return 0;
    }

    public override void Release(FileLease lease)
    {
    }
}
