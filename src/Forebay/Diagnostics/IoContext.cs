namespace Forebay.Diagnostics;

/// <summary>In which context I/O is done, as the statistics tell it apart.</summary>
public enum IoContext
{
    /// <summary>Over the whole pool.</summary>
    Normal,

    /// <summary>In the ring of a large scan.</summary>
    BulkRead,

    /// <summary>In the ring of a bulk load.</summary>
    BulkWrite,

    /// <summary>In the ring of maintenance work.</summary>
    Vacuum,

    /// <summary>New segments of the write-ahead log.</summary>
    Init,
}
