namespace Forebay.PostgreSql.Catalog;

/// <summary>What a relation is: the letters of <c>pg_class.relkind</c>.</summary>
public enum RelationKind : byte
{
    /// <summary>Not stated.</summary>
    None = 0,

    /// <summary>A table.</summary>
    Table = (byte)'r',

    /// <summary>An index.</summary>
    Index = (byte)'i',

    /// <summary>A sequence.</summary>
    Sequence = (byte)'S',

    /// <summary>A table of values that another table stores elsewhere.</summary>
    Toast = (byte)'t',

    /// <summary>A view.</summary>
    View = (byte)'v',

    /// <summary>A materialised view.</summary>
    MaterializedView = (byte)'m',

    /// <summary>A composite type.</summary>
    Composite = (byte)'c',

    /// <summary>A foreign table.</summary>
    ForeignTable = (byte)'f',

    /// <summary>A partitioned table: has no pages itself.</summary>
    PartitionedTable = (byte)'p',

    /// <summary>A partitioned index: has no pages itself.</summary>
    PartitionedIndex = (byte)'I',
}
