namespace Forebay.Storage;

/// <summary>The system calls of the synchronous side of storage, for tests that make one of them fail.</summary>
internal enum StorageCall
{
    /// <summary>A name is looked up.</summary>
    Look,

    /// <summary>A file is opened; the result is a descriptor.</summary>
    Open,

    /// <summary>A page is read; bytes.</summary>
    Read,

    /// <summary>A page, or zeros, are written; bytes.</summary>
    Write,

    /// <summary>Room is reserved.</summary>
    Allocate,

    /// <summary>A file is cut.</summary>
    Truncate,

    /// <summary>A file is made durable.</summary>
    Sync,

    /// <summary>A folder is opened, to make its names durable; the result is a descriptor.</summary>
    OpenFolder,

    /// <summary>The names in a folder are made durable.</summary>
    SyncFolder,

    /// <summary>A name is removed.</summary>
    Unlink,
}
