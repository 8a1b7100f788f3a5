namespace Forebay.PostgreSql.Catalog;

/// <summary>An index: its row of <c>pg_index</c> beside that of <c>pg_class</c>.</summary>
public sealed record CatalogIndex
{
    /// <summary>The index as a relation; its access method says what kind of index it is.</summary>
    public required CatalogRelation Relation { get; init; }

    /// <summary>The object id of the table.</summary>
    public required uint Table { get; init; }

    /// <summary>The numbers of the table's columns, key columns first; 0 stands for an expression.</summary>
    public required IReadOnlyList<int> Columns { get; init; }

    /// <summary>How many of <see cref="Columns"/> are keys; the others are only carried along.</summary>
    public required int KeyCount { get; init; }

    /// <summary>The object ids of the keys' operator classes.</summary>
    public required IReadOnlyList<uint> OperatorClasses { get; init; }

    /// <summary>The object ids of the keys' collations; 0 for types without.</summary>
    public required IReadOnlyList<uint> Collations { get; init; }

    /// <summary>For each key: bit 0 descending, bit 1 nulls first.</summary>
    public required IReadOnlyList<int> Options { get; init; }

    /// <summary>Whether no two rows may have the same keys.</summary>
    public required bool IsUnique { get; init; }

    /// <summary>Whether it is complete and may answer queries.</summary>
    public required bool IsValid { get; init; }

    /// <summary>Whether only rows that meet a condition are in it.</summary>
    public required bool IsPartial { get; init; }
}
