using Forebay.Storage;

namespace Forebay.PostgreSql.Catalog;

/// <summary>A row of <c>pg_class</c>: a table, an index, or something else with a name.</summary>
public sealed record CatalogRelation
{
    /// <summary>The object id.</summary>
    public required uint Id { get; init; }

    /// <summary>The schema's name.</summary>
    public required string Schema { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required RelationKind Kind { get; init; }

    /// <summary>Where its files are; meaningless unless <see cref="HasStorage"/>.</summary>
    public required RelationLocator Locator { get; init; }

    /// <summary>The name of its access method, such as heap or btree; empty if it has none.</summary>
    public required string AccessMethod { get; init; }

    /// <summary>The object id of the table of its values that are stored elsewhere, or 0.</summary>
    public required uint ToastRelation { get; init; }

    /// <summary>How many columns it has, dropped ones included.</summary>
    public required int ColumnCount { get; init; }

    /// <summary>p permanent, u unlogged, t temporary: the last has files of another naming.</summary>
    public required char Persistence { get; init; }

    /// <summary>Whether it has files that <see cref="Locator"/> leads to.</summary>
    public bool HasStorage => Locator.Relation != 0 && Persistence != 't';
}
