using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.Storage;

namespace Forebay.PostgreSql.Catalog;

/// <summary>Finds the shapes of a database's catalogs, from the little that is known before any is read.</summary>
internal sealed class CatalogShapes
{
    private const int ColumnsMax = 1600;

    private static readonly (uint Id, string Name)[] s_catalogs =
    [
        (CatalogIds.Classes, "pg_class"), (CatalogIds.Attributes, "pg_attribute"), (CatalogIds.Types, "pg_type"),
        (CatalogIds.Namespaces, "pg_namespace"), (CatalogIds.Indexes, "pg_index"),
        (CatalogIds.AccessMethods, "pg_am"),
    ];

    private readonly CatalogScan _scan;
    private readonly CatalogDatabase _database;
    private readonly RelationMap _map;
    private readonly string _folder;
    private readonly Dictionary<uint, CatalogShape> _shapes = [];

    public CatalogShapes(PostgreSqlCluster cluster, CatalogDatabase database, CatalogScan scan)
    {
        _scan = scan;
        _database = database;
        _folder = cluster.FolderOf(database);
        _map = RelationMap.Read(Path.Combine(_folder, "pg_filenode.map"));
        Dictionary<uint, SortedDictionary<short, (string, ColumnShape)>> columns =
            ReadColumns(cluster.ControlFile.ServerMajorVersion);
        foreach ((uint id, string name) in s_catalogs)
        {
            if (_map.TryGet(id, out uint file))
                Add(id, name, file, columns);
        }

        ReadFiles(columns);
    }

    public RelationMap Map => _map;

    public CatalogShape this[uint catalog] => _shapes.TryGetValue(catalog, out CatalogShape? shape)
        ? shape
        : throw new ClusterException(_folder, $"{_folder}: catalog {catalog} cannot be found");

    private Dictionary<uint, SortedDictionary<short, (string, ColumnShape)>> ReadColumns(int majorVersion)
    {
        var found = s_catalogs.ToDictionary(
            static catalog => catalog.Id, static _ => new SortedDictionary<short, (string, ColumnShape)>());
        if (!_map.TryGet(CatalogIds.Attributes, out uint file))
            throw new ClusterException(_folder, $"{_folder}: the relation map has no pg_attribute");
        var shape = new CatalogShape("pg_attribute", Locator(file), AttributeLayout.Attributes(majorVersion));
        int relation = shape["attrelid"];
        int name = shape["attname"];
        int number = shape["attnum"];
        int length = shape["attlen"];
        int alignment = shape["attalign"];
        _scan.Visit(shape.Locator, shape.Layout, (in CatalogRow row) =>
        {
            if (!found.TryGetValue(row.ObjectId(relation), out var columns) || row.Int16(number) <= 0)
                return;
            if (!ColumnShape.TryMake(row.Int16(length), row.Byte(alignment), out ColumnShape column)
                || columns.Count >= ColumnsMax)
                throw row.Bad(DataFault.ValueFormat);
            columns[row.Int16(number)] = (row.Name(name), column);
        });
        return found;
    }

    // The catalogs that the map does not have are found like any other relation.
    private void ReadFiles(Dictionary<uint, SortedDictionary<short, (string, ColumnShape)>> columns)
    {
        CatalogShape classes = this[CatalogIds.Classes];
        int oid = classes["oid"];
        int node = classes["relfilenode"];
        _scan.Visit(classes.Locator, classes.Layout, (in CatalogRow row) =>
        {
            uint id = row.ObjectId(oid);
            string? name = Array.Find(s_catalogs, catalog => catalog.Id == id).Name;
            if (name is not null && !_shapes.ContainsKey(id))
                Add(id, name, row.ObjectId(node), columns);
        });
    }

    private void Add(
        uint id,
        string name,
        uint file,
        Dictionary<uint, SortedDictionary<short, (string Name, ColumnShape Shape)>> columns)
    {
        SortedDictionary<short, (string Name, ColumnShape Shape)> own = columns[id];
        if (own.Count == 0 || own.Keys.Last() != own.Count)
            throw new ClusterException(_folder, $"{_folder}: pg_attribute does not have all columns of {name}");
        _shapes.Add(id, new CatalogShape(name, Locator(file), [.. own.Values]));
    }

    private RelationLocator Locator(uint file) => new(_database.Tablespace, _database.Id, file);
}
