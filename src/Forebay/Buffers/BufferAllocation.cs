namespace Forebay.Buffers;

/// <summary>What an allocation came to.</summary>
internal enum BufferAllocation
{
    /// <summary>The page is there and valid.</summary>
    Valid,

    /// <summary>A frame is there, but the page has to be read (or is being read).</summary>
    NotValid,

    /// <summary>Only dirty victims were found and the caller may not wait; their write-back has been started.</summary>
    WouldWait,

    /// <summary>Every frame of the pool is pinned.</summary>
    AllPinned,
}
