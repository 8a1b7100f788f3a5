namespace Forebay.Telemetry;

/// <summary>
/// For what and in which context an operation is done: the rows of the I/O statistics. A handle carries it in a byte,
/// counters are indexed by it.
/// </summary>
internal enum IoPurpose : byte
{
    /// <summary>Shared pages, the whole pool.</summary>
    Relation = 0,

    /// <summary>Shared pages in the ring of a large scan.</summary>
    RelationBulkRead = 1,

    /// <summary>Shared pages in the ring of a bulk load.</summary>
    RelationBulkWrite = 2,

    /// <summary>Shared pages in the ring of maintenance work.</summary>
    RelationVacuum = 3,

    /// <summary>A session's temporary pages.</summary>
    Temporary = 4,

    /// <summary>The write-ahead log.</summary>
    Log = 5,

    /// <summary>New segments of the write-ahead log.</summary>
    LogInit = 6,
}
