namespace Forebay.Buffers;

/// <summary>
/// How a piece of work uses the pool: a ring of its own keeps a large scan from washing everything else out.
/// </summary>
public enum AccessStrategy
{
    /// <summary>The whole pool, page by page as needed.</summary>
    Normal = 0,

    /// <summary>
    /// A large scan: 256 KiB plus what its look-ahead may have in flight, at most an eighth of the pool.
    /// </summary>
    BulkRead = 1,

    /// <summary>A large load: 16 MiB, at most an eighth of the pool.</summary>
    BulkWrite = 2,

    /// <summary>Maintenance: 2 MiB, at most an eighth of the pool.</summary>
    Vacuum = 3,
}
