using System.Buffers.Binary;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Types;

namespace Forebay.PostgreSql.Catalog;

/// <summary>
/// The relations of one database, read from its catalogs once; columns and indexes when they are asked for.
/// </summary>
/// <remarks>Any thread.</remarks>
public sealed class DatabaseCatalog
{
    private const int DomainsMax = 64;

    private readonly PostgreSqlCluster _cluster;
    private readonly CatalogScan _scan;
    private readonly CatalogShapes _shapes;
    private readonly List<CatalogRelation> _relations = [];
    private readonly Dictionary<uint, CatalogRelation> _byId = [];
    private readonly Dictionary<uint, (string Name, uint Base)> _types = [];

    internal DatabaseCatalog(PostgreSqlCluster cluster, CatalogDatabase database)
    {
        _cluster = cluster;
        Database = database;
        Text = ServerText.Of(database.Encoding);
        _scan = new CatalogScan(cluster.Pages, cluster.Visibility, Text);
        _shapes = new CatalogShapes(cluster, database, _scan);
        ReadTypes();
        ReadRelations(ReadNames(CatalogIds.Namespaces, "nspname"), ReadNames(CatalogIds.AccessMethods, "amname"));
    }

    /// <summary>The database.</summary>
    public CatalogDatabase Database { get; }

    /// <summary>How the database writes text.</summary>
    public ServerText Text { get; }

    /// <summary>All relations, in ordinal order of schema and name.</summary>
    public IReadOnlyList<CatalogRelation> Relations => _relations;

    /// <summary>Finds a relation by name.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="name">The name in it.</param>
    /// <returns>The relation, or null.</returns>
    public CatalogRelation? Find(string schema, string name) =>
        _relations.Find(relation => relation.Name == name && relation.Schema == schema);

    /// <summary>Finds a relation by object id.</summary>
    /// <param name="id">The object id.</param>
    /// <returns>The relation, or null.</returns>
    public CatalogRelation? Find(uint id) => _byId.GetValueOrDefault(id);

    /// <summary>Reads the columns of a relation, dropped ones included, so that rows can be taken apart.</summary>
    /// <param name="relation">One of <see cref="Relations"/>.</param>
    /// <returns>The columns in the order of their numbers.</returns>
    /// <exception cref="ClusterException">The catalog does not have all of them.</exception>
    /// <exception cref="DamagedDataException">A catalog is damaged.</exception>
    public IReadOnlyList<CatalogColumn> ReadColumns(CatalogRelation relation)
    {
        ArgumentNullException.ThrowIfNull(relation);
        var columns = new CatalogColumn?[relation.ColumnCount];
        var reader = new ColumnReader(_shapes[CatalogIds.Attributes]);
        _scan.Visit(reader.Shape.Locator, reader.Shape.Layout, (in CatalogRow row) =>
        {
            if (reader.RelationOf(row) != relation.Id || reader.NumberOf(row) <= 0)
                return;
            if (reader.NumberOf(row) > columns.Length)
                throw row.Bad(DataFault.ValueFormat);
            columns[reader.NumberOf(row) - 1] = reader.Read(row, this);
        });
        if (Array.Exists(columns, static column => column is null))
        {
            string path = _cluster.Pages.NameOf(reader.Shape.Locator);
            throw new ClusterException(path, $"{path}: does not have all columns of {relation.Schema}.{relation.Name}");
        }

        return columns!;
    }

    /// <summary>Reads which indexes a table has.</summary>
    /// <param name="table">One of <see cref="Relations"/>.</param>
    /// <returns>The indexes in ordinal order of their names.</returns>
    /// <exception cref="DamagedDataException">A catalog is damaged.</exception>
    public IReadOnlyList<CatalogIndex> ReadIndexes(CatalogRelation table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var found = new List<CatalogIndex>();
        CatalogShape shape = _shapes[CatalogIds.Indexes];
        int tableColumn = shape["indrelid"];
        int indexColumn = shape["indexrelid"];
        _scan.Visit(shape.Locator, shape.Layout, (in CatalogRow row) =>
        {
            if (row.ObjectId(tableColumn) == table.Id && Find(row.ObjectId(indexColumn)) is { } relation)
                found.Add(ReadIndex(row, shape, relation, table.Id));
        });
        found.Sort(static (left, right) => string.CompareOrdinal(left.Relation.Name, right.Relation.Name));
        return found;
    }

    /// <summary>The name of a type, the type that decides how it is printed, and how that is.</summary>
    internal (string Name, uint Base, ValueForm Form) DescribeType(uint type)
    {
        string name = _types.TryGetValue(type, out var own) ? own.Name : "";
        // A domain may rest on a domain.
        for (int i = 0; i < DomainsMax && _types.TryGetValue(type, out var next) && next.Base != 0; i++)
            type = next.Base;
        return (name, type, ValueForms.Of(type));
    }

    private static CatalogIndex ReadIndex(
        in CatalogRow row, CatalogShape shape, CatalogRelation relation, uint table)
    {
        int[] columns = Numbers(row.Vector(shape["indkey"], sizeof(short)));
        int keys = row.Int16(shape["indnkeyatts"]);
        if (keys < 0 || keys > columns.Length)
            throw row.Bad(DataFault.ValueFormat);
        return new CatalogIndex
        {
            Relation = relation,
            Table = table,
            Columns = columns,
            KeyCount = keys,
            OperatorClasses = ObjectIds(row.Vector(shape["indclass"], sizeof(uint))),
            Collations = ObjectIds(row.Vector(shape["indcollation"], sizeof(uint))),
            Options = Numbers(row.Vector(shape["indoption"], sizeof(short))),
            IsUnique = row.Boolean(shape["indisunique"]),
            IsValid = row.Boolean(shape["indisvalid"]) && row.Boolean(shape["indisready"]),
            IsPartial = row.HasValue(shape["indpred"]),
        };
    }

    private static int[] Numbers(ReadOnlySpan<byte> vector)
    {
        int[] numbers = new int[vector.Length / sizeof(short)];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadInt16LittleEndian(vector[(i * sizeof(short))..]);
        return numbers;
    }

    private static uint[] ObjectIds(ReadOnlySpan<byte> vector)
    {
        uint[] ids = new uint[vector.Length / sizeof(uint)];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = BinaryPrimitives.ReadUInt32LittleEndian(vector[(i * sizeof(uint))..]);
        return ids;
    }

    private void ReadTypes()
    {
        CatalogShape shape = _shapes[CatalogIds.Types];
        int oid = shape["oid"];
        int name = shape["typname"];
        int baseType = shape["typbasetype"];
        _scan.Visit(shape.Locator, shape.Layout, (in CatalogRow row) =>
            _types[row.ObjectId(oid)] = (row.Name(name), row.ObjectId(baseType)));
    }

    private Dictionary<uint, string> ReadNames(uint catalog, string nameColumn)
    {
        var names = new Dictionary<uint, string>();
        CatalogShape shape = _shapes[catalog];
        int oid = shape["oid"];
        int name = shape[nameColumn];
        _scan.Visit(shape.Locator, shape.Layout, (in CatalogRow row) => names[row.ObjectId(oid)] = row.Name(name));
        return names;
    }

    private void ReadRelations(Dictionary<uint, string> schemas, Dictionary<uint, string> accessMethods)
    {
        var reader = new RelationReader(_shapes[CatalogIds.Classes], Database, _shapes.Map, _cluster.GlobalMap);
        _scan.Visit(reader.Shape.Locator, reader.Shape.Layout, (in CatalogRow row) =>
        {
            CatalogRelation relation = reader.Read(row, schemas, accessMethods);
            _relations.Add(relation);
            _byId[relation.Id] = relation;
        });
        _relations.Sort(static (left, right) =>
        {
            int order = string.CompareOrdinal(left.Schema, right.Schema);
            return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
        });
    }
}
