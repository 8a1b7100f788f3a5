namespace Forebay.Handles;

/// <summary>
/// What a method must or may know about an operation. Set while the handle is handed out, only ever added.
/// </summary>
[Flags]
public enum IoHandleFlags : byte
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>The issuer waits at once: execute in the issuing thread. A hint that every method obeys.</summary>
    Synchronous = 1,

    /// <summary>
    /// The memory is private to the issuing process: only that process may execute it. Required when true.
    /// </summary>
    ReferencesLocal = 2,

    /// <summary>Goes through the page cache. A hint.</summary>
    Buffered = 4,

    /// <summary>Goes through the page cache and leaves nothing there (per-call flag of the kernel).</summary>
    Uncached = 8,
}
