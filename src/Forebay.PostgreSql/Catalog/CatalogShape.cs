using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Tuples;
using Forebay.Storage;

namespace Forebay.PostgreSql.Catalog;

/// <summary>Where a catalog's file is, and which columns it has under which names.</summary>
internal sealed class CatalogShape
{
    private readonly Dictionary<string, int> _indexes = [];
    private readonly string _name;

    public CatalogShape(string name, RelationLocator locator, IReadOnlyList<(string Name, ColumnShape Shape)> columns)
    {
        _name = name;
        Locator = locator;
        Layout = new TupleLayout([.. columns.Select(static column => column.Shape)]);
        for (int i = 0; i < columns.Count; i++)
            _indexes[columns[i].Name] = i;
    }

    public RelationLocator Locator { get; }

    public TupleLayout Layout { get; }

    /// <summary>The index of a column.</summary>
    /// <exception cref="ClusterException">The catalog has no such column.</exception>
    public int this[string column] => _indexes.TryGetValue(column, out int index)
        ? index
        : throw new ClusterException(_name, $"{_name}: has no column {column}; expected a PostgreSQL 15 to 18 catalog");
}
