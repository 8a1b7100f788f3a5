namespace Forebay.Buffers;

/// <summary>What somebody who wanted to start I/O on a page found.</summary>
internal enum BufferClaim
{
    /// <summary>The page is the caller's to read or write.</summary>
    Claimed,

    /// <summary>Nothing to do: it is valid (read) or clean (write).</summary>
    AlreadyDone,

    /// <summary>Another I/O is in progress; its handle is known.</summary>
    InProgress,
}
