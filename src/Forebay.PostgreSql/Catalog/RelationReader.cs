using Forebay.PostgreSql.Pages;
using Forebay.Storage;

namespace Forebay.PostgreSql.Catalog;

/// <summary>Turns rows of <c>pg_class</c> into relations.</summary>
internal sealed class RelationReader(
    CatalogShape shape, CatalogDatabase database, RelationMap map, RelationMap globalMap)
{
    private const int ColumnsMax = 1600;

    private readonly int _oid = shape["oid"];
    private readonly int _name = shape["relname"];
    private readonly int _schema = shape["relnamespace"];
    private readonly int _accessMethod = shape["relam"];
    private readonly int _file = shape["relfilenode"];
    private readonly int _tablespace = shape["reltablespace"];
    private readonly int _toast = shape["reltoastrelid"];
    private readonly int _shared = shape["relisshared"];
    private readonly int _persistence = shape["relpersistence"];
    private readonly int _kind = shape["relkind"];
    private readonly int _columns = shape["relnatts"];

    public CatalogShape Shape => shape;

    public CatalogRelation Read(
        in CatalogRow row, Dictionary<uint, string> schemas, Dictionary<uint, string> accessMethods)
    {
        int columns = row.Int16(_columns);
        if (columns is < 0 or > ColumnsMax)
            throw row.Bad(DataFault.ValueFormat);
        return new CatalogRelation
        {
            Id = row.ObjectId(_oid),
            Name = row.Name(_name),
            Schema = schemas.GetValueOrDefault(row.ObjectId(_schema), ""),
            Kind = (RelationKind)row.Byte(_kind),
            AccessMethod = accessMethods.GetValueOrDefault(row.ObjectId(_accessMethod), ""),
            ToastRelation = row.ObjectId(_toast),
            ColumnCount = columns,
            Persistence = (char)row.Byte(_persistence),
            Locator = Locate(row),
        };
    }

    // What has no file number of its own is in a map, or has no file.
    private RelationLocator Locate(in CatalogRow row)
    {
        bool shared = row.Boolean(_shared);
        uint file = row.ObjectId(_file);
        if (file == 0)
            (shared ? globalMap : map).TryGet(row.ObjectId(_oid), out file);
        if (shared)
            return new RelationLocator(RelationLocator.GlobalTablespace, 0, file);
        uint tablespace = row.ObjectId(_tablespace);
        return new RelationLocator(tablespace == 0 ? database.Tablespace : tablespace, database.Id, file);
    }
}
