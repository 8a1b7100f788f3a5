using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Tests.Support;

namespace Forebay.Tests.Storage;

public class RelationTargetTests
{
    [Fact]
    public void Pack_EveryPart_ComesBack()
    {
        RelationTargetData data = new(
            new ForkIdentity(new RelationLocator(uint.MaxValue, 1, 0x80000000), ForkNumber.Init, int.MaxValue - 1),
            0xFFFFFFFE, 128, IsWrite: true);

        Assert.Equal(data, RelationTargetData.Unpack(data.Pack()));
        RelationTargetData plain = new(
            new ForkIdentity(new RelationLocator(1663, 5, 16384), ForkNumber.Main, RelationPaths.NoSession),
            0, 1, IsWrite: false);
        Assert.Equal(plain, RelationTargetData.Unpack(plain.Pack()));
    }

    [Theory]
    [InlineData(7u, 1, "block 7 in file \"base/5/16384\"")]
    [InlineData(7u, 3, "blocks 7..9 in file \"base/5/16384\"")]
    [InlineData(33u, 2, "blocks 33..34 in file \"base/5/16384.2\"")]
    [InlineData(32u, 0, "file \"base/5/16384.2\"")]
    public void Describe_Run_NamesBlocksAndSegmentFile(uint block, int count, string text)
    {
        using EngineFixture bench = new();
        ForkIdentity identity = new(new RelationLocator(1663, 5, 16384), ForkNumber.Main, RelationPaths.NoSession);

        Assert.Equal(text, bench.Storage.Target.Describe(new RelationTargetData(identity, block, count, false).Pack()));
    }

    [Fact]
    public void Describe_PlainFile_NamesItAsItWasGiven()
    {
        using EngineFixture bench = new();
        RelationFork file = bench.Storage.File("some/file");

        Assert.Equal(
            "block 16 in file \"some/file.1\"",
            bench.Storage.Target.Describe(new RelationTargetData(file.Identity, 16, 1, false).Pack()));
    }

    [Fact]
    public void Reopen_ByIdentityInAnotherProcess_LeasesTheSegment()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(9, 20);
        IoTargetData data = new RelationTargetData(fork.Identity, 18, 2, false).Pack();
        using StorageManager other = bench.OpenStorage(EngineFixture.SmallSegments);

        Assert.Equal(0, other.Target.Reopen(data, out FileLease lease));

        byte[] page = new byte[8192];
        Assert.Equal(page.Length, FileSystemCalls.Read(lease.Descriptor, page, 2 * 8192));
        EngineFixture.AssertPage(page, 9, 18);
        other.Target.Release(lease);
    }

    [Fact]
    public void Reopen_MissingFile_ReturnsErrno()
    {
        using EngineFixture bench = new();
        ForkIdentity missing = new(new RelationLocator(1663, 5, 1), ForkNumber.Main, RelationPaths.NoSession);
        ForkIdentity foreign = new(new RelationLocator(0, 0, 77), ForkNumber.Main, RelationPaths.NoSession);

        Assert.Equal(
            -(int)Errno.NoEntry,
            bench.Storage.Target.Reopen(new RelationTargetData(missing, 0, 1, false).Pack(), out FileLease lease));
        Assert.False(lease.IsValid);
        Assert.Equal(
            -(int)Errno.NoEntry,
            bench.Storage.Target.Reopen(new RelationTargetData(foreign, 0, 1, false).Pack(), out _));
    }
}
