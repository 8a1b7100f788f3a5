namespace Forebay.PostgreSql.Tuples;

/// <summary>How a variable-length value is stored.</summary>
public enum VarlenaKind : byte
{
    /// <summary>As it is, behind a length of one or four bytes.</summary>
    Plain = 0,

    /// <summary>Compressed, in the row.</summary>
    Compressed = 1,

    /// <summary>Elsewhere, in the table's TOAST table.</summary>
    External = 2,
}
