namespace Forebay.Callbacks;

/// <summary>
/// The ids that layers of Forebay use, and where users' own begin. An id is part of the shared format.
/// </summary>
public static class IoCallbackIds
{
    /// <summary>Relation files: errno, short transfers.</summary>
    public const byte Storage = 1;

    /// <summary>Pages of the shared pool being read.</summary>
    public const byte SharedBufferRead = 2;

    /// <summary>Pages of a session's temporary pool being read.</summary>
    public const byte LocalBufferRead = 3;

    /// <summary>Pages of the shared pool being written.</summary>
    public const byte SharedBufferWrite = 4;

    /// <summary>Pages of a session's temporary pool being written.</summary>
    public const byte LocalBufferWrite = 5;

    /// <summary>The write-ahead log.</summary>
    public const byte Log = 6;

    /// <summary>First id for callbacks from outside Forebay.</summary>
    public const byte FirstCustom = 32;

    /// <summary>Largest id.</summary>
    public const byte Max = 63;
}
