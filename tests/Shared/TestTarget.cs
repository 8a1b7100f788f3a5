using Forebay.Handles;
using Forebay.Targets;

namespace Shared;

/// <summary>The target of one <see cref="TestFile"/>: counts leases, so that a lost or doubled one is seen.</summary>
internal sealed class TestTarget(TestFile file) : IoTarget
{
    public const byte Id = IoTargetIds.FirstCustom;

    private int _leased;

    public override string Name => "test file";

    /// <summary>Leases given and not yet taken back.</summary>
    public int Leased => Volatile.Read(ref _leased);

    /// <summary>What Release does besides counting.</summary>
    public Action? OnRelease { get; set; }

    public FileLease Lease(bool direct = false)
    {
        Interlocked.Increment(ref _leased);
        return new FileLease(direct ? file.DirectDescriptor : file.Descriptor, 0);
    }

    public override string Describe(in IoTargetData data) => $"test file, tag {data[0]}";

    public override int Reopen(in IoTargetData data, out FileLease lease)
    {
        lease = Lease();
        return 0;
    }

    public override void Release(FileLease lease)
    {
        Interlocked.Decrement(ref _leased);
        OnRelease?.Invoke();
    }
}
