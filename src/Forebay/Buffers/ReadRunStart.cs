namespace Forebay.Buffers;

/// <summary>What starting a run came to.</summary>
internal enum ReadRunStart
{
    /// <summary>The first block is valid and pinned; the run is that one block, nothing is to be waited for.</summary>
    Hit,

    /// <summary>The blocks are pinned and being read, or will be when waited for.</summary>
    Started,

    /// <summary>
    /// No frame was to be had without waiting (dirty victims, now being written), or no handle. What was pinned
    /// stays in the array, for the next attempt.
    /// </summary>
    WouldWait,

    /// <summary>All frames, or all the session may note, are pinned.</summary>
    AllPinned,
}
