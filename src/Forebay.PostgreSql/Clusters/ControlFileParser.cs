using System.Buffers.Binary;
using System.Numerics;

namespace Forebay.PostgreSql.Clusters;

/// <summary>The layout of <c>pg_control</c>, as a 64-bit little-endian server writes it.</summary>
/// <remarks>
/// Control version 1700 has the layout of 1300. Control version 1800 put the WAL level into the checkpoint copy, where
/// 1300 has padding, and the signedness of <c>char</c> before the nonce. So all fields that are read here have one
/// offset in all; only the end, where the checksum of the file stands, moved by 4 bytes.
/// </remarks>
internal static class ControlFileParser
{
    private const int SystemIdentifierOffset = 0;
    private const int ControlVersionOffset = 8;
    private const int CatalogVersionOffset = 12;
    private const int StateOffset = 16;
    private const int NextTransactionOffset = 64;
    private const int NextMultitransactionOffset = 76;
    private const int NextMultitransactionMemberOffset = 80;
    private const int OldestTransactionOffset = 84;
    private const int OldestMultitransactionOffset = 92;
    private const int BlockSizeOffset = 216;
    private const int SegmentBlocksOffset = 220;
    private const int ChecksumVersionOffset = 252;

    private const uint ControlVersion13 = 1300;
    private const uint ControlVersion17 = 1700;
    private const uint ControlVersion18 = 1800;
    private const int Crc13Offset = 288;
    private const int Crc18Offset = 292;

    private const int BlockSizeMin = 1024;
    private const int BlockSizeMax = 32768;

    internal static ControlFile Parse(ReadOnlySpan<byte> content, string path)
    {
        if (content.Length < StateOffset)
            throw Bad(path, $"truncated: it has {content.Length} bytes; its version alone needs {StateOffset}");

        uint controlVersion = Word(content, ControlVersionOffset);
        int crcOffset = CrcOffset(controlVersion, path);
        int needed = crcOffset + sizeof(uint);
        if (content.Length < needed)
        {
            throw Bad(
                path, $"truncated: it has {content.Length} bytes; control version {controlVersion} needs {needed}");
        }

        uint storedCrc = Word(content, crcOffset);
        uint computedCrc = Crc32C(content[..crcOffset]);
        if (storedCrc != computedCrc)
            throw Bad(path, $"damaged: its content has checksum {computedCrc:X8}, but it states {storedCrc:X8}");

        uint catalogVersion = Word(content, CatalogVersionOffset);
        return new ControlFile(path)
        {
            SystemIdentifier = BinaryPrimitives.ReadUInt64LittleEndian(content[SystemIdentifierOffset..]),
            ControlVersion = controlVersion,
            CatalogVersion = catalogVersion,
            ServerMajorVersion = ServerMajorVersion(controlVersion, catalogVersion),
            State = State(Word(content, StateOffset), path),
            NextTransaction = BinaryPrimitives.ReadUInt64LittleEndian(content[NextTransactionOffset..]),
            OldestTransaction = Word(content, OldestTransactionOffset),
            NextMultitransaction = Word(content, NextMultitransactionOffset),
            NextMultitransactionMember = Word(content, NextMultitransactionMemberOffset),
            OldestMultitransaction = Word(content, OldestMultitransactionOffset),
            BlockSize = BlockSize(Word(content, BlockSizeOffset), path),
            SegmentBlocks = SegmentBlocks(Word(content, SegmentBlocksOffset), path),
            ChecksumVersion = Word(content, ChecksumVersionOffset),
        };
    }

    /// <summary>CRC-32C as PostgreSQL has it: starts from all ones and is inverted at the end.</summary>
    internal static uint Crc32C(ReadOnlySpan<byte> content)
    {
        uint crc = uint.MaxValue;
        for (; content.Length >= sizeof(ulong); content = content[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(content));
        foreach (byte value in content)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    private static int CrcOffset(uint controlVersion, string path)
    {
        switch (controlVersion)
        {
            case ControlVersion13:
            case ControlVersion17:
                return Crc13Offset;
            case ControlVersion18:
                return Crc18Offset;
        }

        if (BinaryPrimitives.ReverseEndianness(controlVersion) is ControlVersion13
            or ControlVersion17 or ControlVersion18)
            throw Bad(path, "written by a big-endian server; only little-endian clusters can be read");
        throw Bad(
            path,
            $"control version {controlVersion} is not known; expected {ControlVersion13} (PostgreSQL 13 to 16), " +
            $"{ControlVersion17} (PostgreSQL 17) or {ControlVersion18} (PostgreSQL 18)");
    }

    // The versions up to 16 share a control version, and a release never changes its catalog version: the last value of
    // a major version bounds it, its betas included.
    private static int ServerMajorVersion(uint controlVersion, uint catalogVersion) =>
        (controlVersion, catalogVersion) switch
        {
            (ControlVersion18, _) => 18,
            (ControlVersion17, _) => 17,
            (_, <= 202007201) => 13,
            (_, <= 202107181) => 14,
            (_, <= 202209061) => 15,
            _ => 16,
        };

    private static ClusterState State(uint value, string path) => value <= (uint)ClusterState.InProduction
        ? (ClusterState)value
        : throw Bad(path, $"cluster state {value} is not known; expected 0 to {(uint)ClusterState.InProduction}");

    private static int BlockSize(uint value, string path) =>
        value is >= BlockSizeMin and <= BlockSizeMax && BitOperations.IsPow2(value)
            ? (int)value
            : throw Bad(path, $"block size {value} is impossible; expected a power of 2, 1 to 32 KiB");

    private static uint SegmentBlocks(uint value, string path) => value != 0
        ? value
        : throw Bad(path, "segment size 0 is impossible; expected at least 1 block");

    private static uint Word(ReadOnlySpan<byte> content, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(content[offset..]);

    private static ClusterException Bad(string path, string problem) => new(path, $"{path}: {problem}");
}
