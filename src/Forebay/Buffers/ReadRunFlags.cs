namespace Forebay.Buffers;

/// <summary>How a run of blocks is to be read.</summary>
[Flags]
internal enum ReadRunFlags : byte
{
    /// <summary>Nothing special: bad pages are errors.</summary>
    None = 0,

    /// <summary>A page that fails its check becomes a page of zeros, with a warning.</summary>
    ZeroOnError = 1,

    /// <summary>A page whose checksum alone fails is accepted, with a warning.</summary>
    IgnoreChecksumFailure = 2,

    /// <summary>The caller waits at once: execute in this thread.</summary>
    Synchronous = 4,

    /// <summary>Where the method would read only on waiting: ask the kernel to read ahead now.</summary>
    Advise = 8,
}
