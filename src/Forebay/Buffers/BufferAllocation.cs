namespace Forebay.Buffers;

/// <summary>What an allocation came to.</summary>
internal enum BufferAllocation
{
    /// <summary>The page is there and valid.</summary>
    Valid,

    /// <summary>A frame is there, but the page has to be read (or is being read).</summary>
    NotValid,

    /// <summary>
    /// Only victims were found that cannot be taken now: dirty ones, whose write-back has been started, and others that
    /// are just in use.
    /// </summary>
    WouldWait,

    /// <summary>
    /// A dirty victim is being written for this session (<see cref="BufferSession.Victim"/>): wait for that operation,
    /// then ask again. Only for callers that may wait.
    /// </summary>
    MustWait,

    /// <summary>Every frame of the pool is pinned.</summary>
    AllPinned,
}
