using Forebay.PostgreSql.Catalog;
using Forebay.Tool.Output;

namespace Forebay.Tool.Tables;

/// <summary>Finds tables by the names that people give.</summary>
internal static class TableFinder
{
    private const string DefaultDatabase = "postgres";
    private const string DefaultSchema = "public";
    private const string HeapMethod = "heap";

    private static readonly string[] s_systemSchemas = ["pg_catalog", "information_schema", "pg_toast"];

    /// <summary>How a table is named on the command line.</summary>
    public const string NameHelp = "[database.][schema.]name, folded and quoted as in SQL. Default database: postgres; "
        + "default schema: public.";

    /// <summary>Finds one table.</summary>
    /// <param name="cluster">Where to look.</param>
    /// <param name="text">Its name, as people write it.</param>
    /// <exception cref="CommandException">There is none of that name, or it has no rows of its own.</exception>
    public static ClusterTable Find(PostgreSqlCluster cluster, string text)
    {
        if (!QualifiedName.TryParse(text, out QualifiedName? name))
            throw new CommandException($"'{text}' is no name of a table; that is [database.][schema.]name.");
        string databaseName = name!.Database ?? DefaultDatabase;
        CatalogDatabase database = cluster.FindDatabase(databaseName) ?? throw new CommandException(
            $"there is no database \"{databaseName}\"; there are {List(cluster.Databases.Select(Name))}.");
        DatabaseCatalog catalog = cluster.OpenDatabase(database);
        string schema = name.Schema ?? DefaultSchema;
        CatalogRelation relation = catalog.Find(schema, name.Name) ?? throw new CommandException(
            $"there is no table \"{schema}\".\"{name.Name}\" in database \"{databaseName}\"."
            + Hint(catalog, name.Name));
        Check(relation);
        return new ClusterTable(catalog, relation);

        static string Name(CatalogDatabase database) => database.Name;
    }

    /// <summary>The tables of a database that have pages, in ordinal order of schema and name.</summary>
    /// <param name="catalog">The database.</param>
    /// <param name="all">Whether those of the system, and those of long values, count.</param>
    public static IEnumerable<ClusterTable> List(DatabaseCatalog catalog, bool all) => catalog.Relations
        .Where(relation => relation is { HasStorage: true, AccessMethod: HeapMethod })
        .Where(relation => relation.Kind is RelationKind.Table or RelationKind.MaterializedView
            || (all && relation.Kind is RelationKind.Toast))
        .Where(relation => all || !s_systemSchemas.Contains(relation.Schema))
        .Select(relation => new ClusterTable(catalog, relation));

    private static void Check(CatalogRelation relation)
    {
        string? reason = relation.Kind switch
        {
            RelationKind.Table or RelationKind.MaterializedView or RelationKind.Toast => null,
            RelationKind.Index or RelationKind.PartitionedIndex => "is an index: name its table",
            RelationKind.View => "is a view: it has no rows of its own",
            RelationKind.PartitionedTable => "is partitioned: it has no rows of its own, name one of its partitions",
            RelationKind.ForeignTable => "is a foreign table: its rows are elsewhere",
            RelationKind.Sequence or RelationKind.Composite or RelationKind.None => "is no table",
            _ => "is no table",
        };
        if (reason is null && !relation.HasStorage)
            reason = "is temporary: it ended with its server";
        if (reason is null && relation.AccessMethod != HeapMethod)
            reason = $"is stored by the access method {relation.AccessMethod}; only {HeapMethod} can be read";
        if (reason is not null)
            throw new CommandException($"\"{relation.Schema}\".\"{relation.Name}\" {reason}.");
    }

    private static string Hint(DatabaseCatalog catalog, string name)
    {
        string[] others =
        [
            .. catalog.Relations
                .Where(relation => string.Equals(relation.Name, name, StringComparison.OrdinalIgnoreCase))
                .Select(relation => $"\"{relation.Schema}\".\"{relation.Name}\""),
        ];
        return others.Length == 0 ? "" : $" There is {List(others)}.";
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names);
}
