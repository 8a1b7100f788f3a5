using System.Buffers.Binary;
using Forebay.PostgreSql.Clusters;

namespace Forebay.Tests.PostgreSql.Clusters;

public sealed class ControlFileTests(ClusterFixture cluster)
{
    private const int Crc18Offset = 292;

    [Fact]
    public void Read_Cluster18_GivesItsValues()
    {
        ControlFile controlFile = ControlFile.Read(cluster.DataDirectory);
        Assert.Equal(1800u, controlFile.ControlVersion);
        Assert.Equal(202506291u, controlFile.CatalogVersion);
        Assert.Equal(18, controlFile.ServerMajorVersion);
        Assert.Equal((1795326436ul << 32) + 1522590083, controlFile.SystemIdentifier);
        Assert.Equal("PG_18_202506291", controlFile.TablespaceDirectoryName);
        AssertVerifiable(controlFile);
    }

    [Fact]
    public void Parse_ControlFile15_GivesItsValues()
    {
        string path = ClusterFixture.TestData("postgresql-15/pg_control");
        ControlFile controlFile = ControlFile.Parse(File.ReadAllBytes(path), path);
        Assert.Equal(1300u, controlFile.ControlVersion);
        Assert.Equal(202209061u, controlFile.CatalogVersion);
        Assert.Equal(15, controlFile.ServerMajorVersion);
        Assert.Equal(7710995088914695836ul, controlFile.SystemIdentifier);
        Assert.Equal("PG_15_202209061", controlFile.TablespaceDirectoryName);
        AssertVerifiable(controlFile);
    }

    [Fact]
    public void Parse_ControlFile17_GivesItsValues()
    {
        string path = ClusterFixture.TestData("postgresql-17/pg_control");
        ControlFile controlFile = ControlFile.Parse(File.ReadAllBytes(path), path);
        Assert.Equal(1700u, controlFile.ControlVersion);
        Assert.Equal(202406281u, controlFile.CatalogVersion);
        Assert.Equal("PG_17_202406281", controlFile.TablespaceDirectoryName);
        Assert.Equal(738ul, controlFile.NextTransaction);
        Assert.Equal(730u, controlFile.OldestTransaction);
        Assert.Equal((1u, 0u, 1u), (controlFile.NextMultitransaction, controlFile.NextMultitransactionMember,
            controlFile.OldestMultitransaction));
        Assert.Equal(0u, controlFile.ChecksumVersion);
        Assert.True(controlFile.IsShutDownCleanly);
    }

    [Theory]
    [InlineData(202007201, 13)]
    [InlineData(202107181, 14)]
    [InlineData(202209061, 15)]
    [InlineData(202307071, 16)]
    public void Parse_CatalogVersionOfARelease_GivesItsMajorVersion(int catalogVersion, int major)
    {
        byte[] content = File.ReadAllBytes(ClusterFixture.TestData("postgresql-15/pg_control"));
        Write(content, 12, (uint)catalogVersion, crcOffset: 288);
        Assert.Equal(major, ControlFile.Parse(content, "pg_control").ServerMajorVersion);
    }

    [Theory]
    [InlineData(0, "truncated: it has 0 bytes; its version alone needs 16")]
    [InlineData(15, "truncated: it has 15 bytes; its version alone needs 16")]
    [InlineData(16, "truncated: it has 16 bytes; control version 1800 needs 296")]
    [InlineData(295, "truncated: it has 295 bytes; control version 1800 needs 296")]
    public void Parse_Truncated_SaysHowLongItIs(int length, string expected) =>
        AssertBad(Content18()[..length], expected);

    [Fact]
    public void Parse_CutAfterItsChecksum_IsFine() =>
        AssertVerifiable(ControlFile.Parse(Content18().AsSpan(0, Crc18Offset + 4), "pg_control"));

    [Fact]
    public void Parse_AnyBitFlipped_IsRefused()
    {
        byte[] content = Content18();
        for (int offset = 0; offset < Crc18Offset + 4; offset++)
        {
            content[offset] ^= 4;
            string expected = offset is >= 8 and < 12 ? "is not known" : "damaged";
            AssertBad(content, expected);
            content[offset] ^= 4;
        }
    }

    [Fact]
    public void Parse_UnknownVersion_NamesItAndTheKnownOnes()
    {
        byte[] content = Content18();
        Write(content, 8, 1201);
        AssertBad(
            content,
            "control version 1201 is not known; expected 1300 (PostgreSQL 13 to 16), "
                + "1700 (PostgreSQL 17) or 1800 (PostgreSQL 18)");
    }

    [Fact]
    public void Parse_BigEndian_SaysSo()
    {
        byte[] content = Content18();
        Write(content, 8, BinaryPrimitives.ReverseEndianness(1800u));
        AssertBad(content, "big-endian");
    }

    [Theory]
    [InlineData(16, 7u, "cluster state 7 is not known")]
    [InlineData(216, 0u, "block size 0 is impossible")]
    [InlineData(216, 8191u, "block size 8191 is impossible")]
    [InlineData(216, 65536u, "block size 65536 is impossible")]
    [InlineData(220, 0u, "segment size 0 is impossible")]
    public void Parse_ImpossibleValue_IsNamed(int offset, uint value, string expected)
    {
        byte[] content = Content18();
        Write(content, offset, value);
        AssertBad(content, expected);
    }

    [Theory]
    [InlineData(16, 0u, "shut down cleanly; its state is \"starting up\"")]
    [InlineData(16, 3u, "its state is \"shutting down\"")]
    [InlineData(16, 4u, "its state is \"in crash recovery\"")]
    [InlineData(16, 5u, "its state is \"in archive recovery\"")]
    [InlineData(16, 6u, "its state is \"in production\"")]
    [InlineData(216, 16384u, "pages of 16384 bytes; only 8192")]
    [InlineData(252, 0u, "no page checksums")]
    [InlineData(252, 2u, "checksums of version 2; only 1 is known")]
    public void RequireVerifiable_ConditionNotMet_IsNamed(int offset, uint value, string expected)
    {
        byte[] content = Content18();
        Write(content, offset, value);
        ControlFile controlFile = ControlFile.Parse(content, "some/pg_control");
        var thrown = Assert.Throws<ClusterException>(controlFile.RequireVerifiable);
        Assert.StartsWith("some/pg_control: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireVerifiable_ShutDownInRecovery_IsFine()
    {
        byte[] content = Content18();
        Write(content, 16, (uint)ClusterState.ShutDownInRecovery);
        AssertVerifiable(ControlFile.Parse(content, "pg_control"), ClusterState.ShutDownInRecovery);
    }

    [Fact]
    public void Read_NoDirectory_SaysSo()
    {
        string missing = Path.Combine(cluster.DataDirectory, "absent");
        var thrown = Assert.Throws<ClusterException>(() => ControlFile.Read(missing));
        Assert.Equal($"{missing}: no such directory", thrown.Message);
        Assert.Equal(missing, thrown.Path);
    }

    [Fact]
    public void Read_DirectoryWithoutControlFile_SaysSo()
    {
        string other = Path.Combine(cluster.DataDirectory, "base");
        var thrown = Assert.Throws<ClusterException>(() => ControlFile.Read(other));
        Assert.Equal($"{other}: not a PostgreSQL data directory: it has no global/pg_control", thrown.Message);
    }

    [Fact]
    public void Read_DamagedFile_NamesIt()
    {
        using ClusterCopy copy = cluster.Copy();
        copy.Flip(ControlFile.RelativePath, 100, 1);
        var thrown = Assert.Throws<ClusterException>(() => ControlFile.Read(copy.DataDirectory));
        Assert.StartsWith(copy.InCopy("global/pg_control") + ": damaged", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(copy.InCopy("global/pg_control"), thrown.Path);
    }

    [Fact]
    public void Crc32C_CheckString_GivesCheckValue() =>
        Assert.Equal(0xE3069283u, ControlFileParser.Crc32C("123456789"u8));

    private static void AssertVerifiable(ControlFile controlFile, ClusterState state = ClusterState.ShutDown)
    {
        Assert.Equal(state, controlFile.State);
        Assert.True(controlFile.IsShutDownCleanly);
        Assert.Equal(8192, controlFile.BlockSize);
        Assert.Equal(131072u, controlFile.SegmentBlocks);
        Assert.Equal(1u, controlFile.ChecksumVersion);
        controlFile.RequireVerifiable();
    }

    private static void AssertBad(byte[] content, string expected)
    {
        var thrown = Assert.Throws<ClusterException>(() => ControlFile.Parse(content, "some/pg_control"));
        Assert.StartsWith("some/pg_control: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
    }

    private static void Write(byte[] content, int offset, uint value, int crcOffset = Crc18Offset)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(offset), value);
        uint crc = ControlFileParser.Crc32C(content.AsSpan(0, crcOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(crcOffset), crc);
    }

    private byte[] Content18() => File.ReadAllBytes(Path.Combine(cluster.DataDirectory, ControlFile.RelativePath));
}
