namespace Forebay.Telemetry;

/// <summary>What a session waits for.</summary>
public enum WaitKind : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The end of an I/O operation.</summary>
    Operation = 1,

    /// <summary>An I/O handle of its own: its oldest operation has to end first.</summary>
    FreeHandle = 2,

    /// <summary>The contents of a page, which others have locked.</summary>
    ContentLock = 3,

    /// <summary>To be the only one that has a page pinned.</summary>
    PinsOfOthers = 4,
}
