namespace Forebay.Diagnostics;

/// <summary>What I/O is done to, as the statistics tell it apart.</summary>
public enum IoObject
{
    /// <summary>Relations that sessions share.</summary>
    Relation,

    /// <summary>Temporary relations.</summary>
    TemporaryRelation,

    /// <summary>The write-ahead log.</summary>
    Log,
}
