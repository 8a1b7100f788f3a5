using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Types;

namespace Forebay.PostgreSql.Catalog;

/// <summary>Turns rows of <c>pg_attribute</c> into columns.</summary>
internal sealed class ColumnReader(CatalogShape shape)
{
    private const int ArrayHeaderBytes = 20;

    private readonly int _relation = shape["attrelid"];
    private readonly int _name = shape["attname"];
    private readonly int _type = shape["atttypid"];
    private readonly int _length = shape["attlen"];
    private readonly int _number = shape["attnum"];
    private readonly int _alignment = shape["attalign"];
    private readonly int _hasMissing = shape["atthasmissing"];
    private readonly int _generated = shape["attgenerated"];
    private readonly int _dropped = shape["attisdropped"];
    private readonly int _missing = shape["attmissingval"];

    public CatalogShape Shape => shape;

    public uint RelationOf(in CatalogRow row) => row.ObjectId(_relation);

    public int NumberOf(in CatalogRow row) => row.Int16(_number);

    public CatalogColumn Read(in CatalogRow row, DatabaseCatalog catalog)
    {
        if (!ColumnShape.TryMake(row.Int16(_length), row.Byte(_alignment), out ColumnShape columnShape))
            throw row.Bad(DataFault.ValueFormat);
        (string typeName, uint baseType, ValueForm form) = catalog.DescribeType(row.ObjectId(_type));
        bool dropped = row.Boolean(_dropped);
        return new CatalogColumn
        {
            Number = row.Int16(_number),
            Name = row.Name(_name),
            NameBytes = row.NameBytes(_name).ToArray(),
            Type = row.ObjectId(_type),
            BaseType = baseType,
            TypeName = typeName,
            Form = form,
            Shape = columnShape,
            IsDropped = dropped,
            IsGenerated = row.Byte(_generated) != 0,
            IsVirtual = row.Byte(_generated) == 'v',
            MissingValue = !dropped && row.Boolean(_hasMissing) && row.HasValue(_missing)
                ? Missing(row, columnShape)
                : null,
        };
    }

    // It is kept as an array of one element.
    private ReadOnlyMemory<byte>? Missing(in CatalogRow row, ColumnShape columnShape)
    {
        DataFault fault = new VarlenaReader(null).TryRead(row.Stored(_missing), out ReadOnlySpan<byte> array);
        if (fault != DataFault.None)
            throw row.Bad(fault);
        if (array.Length < ArrayHeaderBytes)
            throw row.Bad(DataFault.ValueFormat);
        ReadOnlySpan<byte> element = array[ArrayHeaderBytes..];
        int length = columnShape.Length;
        if (length == ColumnShape.Varlena)
            fault = Varlena.TryMeasure(element, out length);
        else if (length == ColumnShape.ZeroTerminated)
            length = element.IndexOf((byte)0) + 1;
        if (fault != DataFault.None)
            throw row.Bad(fault);
        return length > 0 && length <= element.Length
            ? element[..length].ToArray()
            : throw row.Bad(DataFault.ValueFormat);
    }
}
