namespace Forebay.Telemetry;

/// <summary>What the I/O statistics count. Those before <see cref="Hit"/> take time and are timed.</summary>
public enum CountedOperation : byte
{
    /// <summary>Reads, each of one or more neighbouring pages.</summary>
    Read = 0,

    /// <summary>Writes, each of one or more neighbouring pages.</summary>
    Write = 1,

    /// <summary>Growths of a file.</summary>
    Extend = 2,

    /// <summary>Requests to the kernel to begin writing what it has cached.</summary>
    Writeback = 3,

    /// <summary>Files made durable.</summary>
    Fsync = 4,

    /// <summary>Pages found in the pool.</summary>
    Hit = 5,

    /// <summary>Pages that left the pool so that their frame could be used.</summary>
    Eviction = 6,

    /// <summary>Pages that left a ring's own frame so that it could be used again.</summary>
    Reuse = 7,
}
