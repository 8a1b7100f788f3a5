using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Catalog;

/// <summary>A visible row of a catalog, with its columns found.</summary>
internal readonly ref struct CatalogRow(
    ReadOnlySpan<byte> bytes, ReadOnlySpan<ColumnSlice> slices, ServerText text, string file, uint block, int item)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly ReadOnlySpan<ColumnSlice> _slices = slices;

    public bool HasValue(int column) => _slices[column].HasValue;

    public uint ObjectId(int column) => BinaryPrimitives.ReadUInt32LittleEndian(Fixed(column, sizeof(uint)));

    public int Int32(int column) => BinaryPrimitives.ReadInt32LittleEndian(Fixed(column, sizeof(int)));

    public short Int16(int column) => BinaryPrimitives.ReadInt16LittleEndian(Fixed(column, sizeof(short)));

    public byte Byte(int column) => Fixed(column, sizeof(byte))[0];

    public bool Boolean(int column) => Byte(column) != 0;

    public string Name(int column) => text.Decode(NameBytes(column));

    public ReadOnlySpan<byte> NameBytes(int column)
    {
        ReadOnlySpan<byte> name = Stored(column);
        int end = name.IndexOf((byte)0);
        return end < 0 ? name : name[..end];
    }

    public ReadOnlySpan<byte> Stored(int column) =>
        _slices[column].HasValue ? _slices[column].Of(_bytes) : throw Bad(DataFault.ValueFormat);

    /// <summary>An array of fixed-size numbers without nulls, after its header.</summary>
    public ReadOnlySpan<byte> Vector(int column, int elementBytes)
    {
        const int Header = 20;
        const int CountOffset = 12;
        DataFault fault = Varlena.TryParse(Stored(column), out Varlena value);
        if (fault != DataFault.None)
            throw Bad(fault);
        if (value.Kind != VarlenaKind.Plain || value.Payload.Length < CountOffset)
            throw Bad(DataFault.ValueFormat);
        if (value.Payload.Length < Header)
            return default;
        int count = BinaryPrimitives.ReadInt32LittleEndian(value.Payload[CountOffset..]);
        ReadOnlySpan<byte> elements = value.Payload[Header..];
        return (uint)count <= (uint)(elements.Length / elementBytes)
            ? elements[..(count * elementBytes)]
            : throw Bad(DataFault.ValueFormat);
    }

    public DamagedDataException Bad(DataFault fault) => new(file, block, item, fault);

    private ReadOnlySpan<byte> Fixed(int column, int length)
    {
        ReadOnlySpan<byte> value = Stored(column);
        return value.Length == length ? value : throw Bad(DataFault.ValueFormat);
    }
}
