using Forebay.PostgreSql.Catalog;

namespace Forebay.Tool.Tables;

/// <summary>A table that has pages of its own, and the database that it is in.</summary>
/// <param name="Catalog">The database.</param>
/// <param name="Relation">The table.</param>
internal sealed record ClusterTable(DatabaseCatalog Catalog, CatalogRelation Relation)
{
    /// <summary>Its whole name, for people.</summary>
    public string Name => $"{Catalog.Database.Name}.{Relation.Schema}.{Relation.Name}";
}
