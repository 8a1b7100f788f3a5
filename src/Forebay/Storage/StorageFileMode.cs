namespace Forebay.Storage;

/// <summary>
/// How pages travel between the device and memory. What is read and written is the same in each mode.
/// </summary>
internal enum StorageFileMode
{
    /// <summary>Through the kernel's page cache.</summary>
    Buffered = 0,

    /// <summary>
    /// Past the page cache (O_DIRECT). Refused, not faked, where a file system or its blocks do not fit.
    /// </summary>
    Direct = 1,

    /// <summary>
    /// Through the page cache without leaving anything there (RWF_DONTCACHE). A file system that cannot do it is used
    /// buffered, which <see cref="FileSystemFacts.HasUncached"/> shows.
    /// </summary>
    Uncached = 2,
}
