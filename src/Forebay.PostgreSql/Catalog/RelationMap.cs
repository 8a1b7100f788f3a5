using System.Buffers.Binary;
using Forebay.PostgreSql.Clusters;

namespace Forebay.PostgreSql.Catalog;

/// <summary>
/// A <c>pg_filenode.map</c>: the files of the catalogs that must be found before any catalog can be read.
/// </summary>
/// <remarks>Immutable: any thread may read it.</remarks>
public sealed class RelationMap
{
    private const uint Magic = 0x592717;
    private const int HeadBytes = 8;
    private const int EntryBytes = 8;
    private const int Entries15 = 62;
    private const int Entries16 = 64;

    private readonly Dictionary<uint, uint> _files = [];

    private RelationMap()
    {
    }

    /// <summary>Reads a map.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ClusterException">The file is missing, unreadable or damaged.</exception>
    public static RelationMap Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException(path, $"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Takes a map apart.</summary>
    /// <param name="content">The bytes of the file.</param>
    /// <param name="path">The name to use for it in error messages.</param>
    /// <returns>The map.</returns>
    /// <exception cref="ClusterException">It is damaged.</exception>
    public static RelationMap Parse(ReadOnlySpan<byte> content, string path)
    {
        // PostgreSQL 16 made room for two more entries; before, there were bytes to spare after the checksum.
        int room = content.Length >= Length(Entries16) ? Entries16 : Entries15;
        if (content.Length < Length(room))
            throw Bad(path, $"truncated: it has {content.Length} bytes, expected {Length(room)}");
        if (Word(content, 0) != Magic)
            throw Bad(path, $"begins with {Word(content, 0):X}, expected {Magic:X}");
        int checksumOffset = HeadBytes + (room * EntryBytes);
        uint computed = ControlFileParser.Crc32C(content[..checksumOffset]);
        if (Word(content, checksumOffset) != computed)
            throw Bad(path, $"its content has checksum {computed:X8}, it states {Word(content, checksumOffset):X8}");
        uint count = Word(content, sizeof(uint));
        if (count > room)
            throw Bad(path, $"states {count} entries, there is room for {room}");

        var map = new RelationMap();
        for (int i = 0; i < count; i++)
        {
            int offset = HeadBytes + (i * EntryBytes);
            map._files[Word(content, offset)] = Word(content, offset + sizeof(uint));
        }

        return map;
    }

    /// <summary>Looks up a catalog.</summary>
    /// <param name="relation">The object id of the catalog.</param>
    /// <param name="file">Its file number.</param>
    /// <returns>False if the map does not have it.</returns>
    public bool TryGet(uint relation, out uint file) => _files.TryGetValue(relation, out file);

    private static int Length(int room) => HeadBytes + (room * EntryBytes) + sizeof(uint);

    private static uint Word(ReadOnlySpan<byte> content, int offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(content[offset..]);

    private static ClusterException Bad(string path, string problem) => new(path, $"{path}: {problem}");
}
