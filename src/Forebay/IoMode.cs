namespace Forebay;

/// <summary>What the page cache has to do with relation files (setting <c>io_mode</c>).</summary>
public enum IoMode
{
    /// <summary>Through the page cache.</summary>
    Buffered = 0,

    /// <summary>Past it (O_DIRECT).</summary>
    Direct = 1,

    /// <summary>
    /// Through it, leaving nothing behind, where the file system can (RWF_DONTCACHE); else as buffered.
    /// </summary>
    Uncached = 2,
}
