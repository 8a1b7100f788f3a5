using System.Buffers.Binary;
using Forebay.PostgreSql.Clusters;

namespace Forebay.Tests.Tool;

/// <summary>Changes what the control file of a PostgreSQL 18 cluster says, its own checksum included.</summary>
internal static class ControlFileEdit
{
    private const int StateOffset = 16;
    private const int BlockSizeOffset = 216;
    private const int ChecksumVersionOffset = 252;
    private const int CrcOffset = 292;

    public static void SetState(SmallCluster cluster, uint state) => Set(cluster, StateOffset, state);

    public static void SetBlockSize(SmallCluster cluster, uint bytes) => Set(cluster, BlockSizeOffset, bytes);

    public static void SetChecksumVersion(SmallCluster cluster, uint version) =>
        Set(cluster, ChecksumVersionOffset, version);

    private static void Set(SmallCluster cluster, int offset, uint value)
    {
        string path = cluster.InCopy(ControlFile.RelativePath);
        byte[] content = File.ReadAllBytes(path);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(offset), value);
        uint crc = ControlFileParser.Crc32C(content.AsSpan(0, CrcOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(CrcOffset), crc);
        File.WriteAllBytes(path, content);
    }
}
