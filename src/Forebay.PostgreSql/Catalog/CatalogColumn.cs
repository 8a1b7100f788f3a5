using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Types;

namespace Forebay.PostgreSql.Catalog;

/// <summary>A row of <c>pg_attribute</c>: a column of a table or an index.</summary>
public sealed record CatalogColumn
{
    /// <summary>The number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The name; of a dropped column a substitute.</summary>
    public required string Name { get; init; }

    /// <summary>The name as the database has it, in its encoding.</summary>
    public ReadOnlyMemory<byte> NameBytes { get; init; }

    /// <summary>The object id of its type; 0 of a dropped column.</summary>
    public required uint Type { get; init; }

    /// <summary>The object id of the type beneath it if its type is a domain, else that of its type.</summary>
    public uint BaseType { get; init; }

    /// <summary>The name of its type; empty of a dropped column.</summary>
    public required string TypeName { get; init; }

    /// <summary>How its values are printed; decided by the type beneath, if the type is a domain.</summary>
    public required ValueForm Form { get; init; }

    /// <summary>How its values are laid out.</summary>
    public required ColumnShape Shape { get; init; }

    /// <summary>Whether it was dropped: rows may still have values of it.</summary>
    public required bool IsDropped { get; init; }

    /// <summary>Whether its values are computed: nothing is stored if that is done when they are read.</summary>
    public required bool IsGenerated { get; init; }

    /// <summary>Whether its values are computed when they are read, so that rows have none.</summary>
    public bool IsVirtual { get; init; }

    /// <summary>
    /// What the column is in rows that are older than it, in the form that rows store; null for no value.
    /// </summary>
    public required ReadOnlyMemory<byte>? MissingValue { get; init; }
}
