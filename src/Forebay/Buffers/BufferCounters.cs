namespace Forebay.Buffers;

/// <summary>What one session has done with a pool. Written by its flow only; readers see each number whole.</summary>
public sealed class BufferCounters
{
    /// <summary>Pages found valid.</summary>
    public long Hits { get; internal set; }

    /// <summary>Read operations issued.</summary>
    public long Reads { get; internal set; }

    /// <summary>Pages that those operations asked for.</summary>
    public long BlocksRead { get; internal set; }

    /// <summary>Pages whose read somebody else had started.</summary>
    public long Joined { get; internal set; }

    /// <summary>Times that a read had to be waited for.</summary>
    public long Waits { get; internal set; }

    /// <summary>Write operations issued.</summary>
    public long Writes { get; internal set; }

    /// <summary>Pages written.</summary>
    public long BlocksWritten { get; internal set; }

    /// <summary>
    /// Writes of dirty pages, started while looking ahead, that have failed; each was told as a notice. The pages stay
    /// dirty, and writing them is tried again when their frames are waited for, and by a flush.
    /// </summary>
    public long WriteBackFailures { get; internal set; }

    /// <summary>Operations issued to find out which page of a failed run cannot be read.</summary>
    public long Bisections { get; internal set; }
}
