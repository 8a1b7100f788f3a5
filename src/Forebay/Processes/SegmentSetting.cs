namespace Forebay.Processes;

/// <summary>
/// What all processes of an instance must agree on; each has its place in the header, by its number. The numbers are
/// part of the format.
/// </summary>
internal enum SegmentSetting
{
    /// <summary>Size of a page in bytes.</summary>
    BlockBytes = 0,

    /// <summary>Pages of the pool.</summary>
    PoolPages = 1,

    /// <summary>Blocks per segment file.</summary>
    SegmentBlocks = 2,

    /// <summary>Session slots.</summary>
    MaxSessions = 3,

    /// <summary>Handles per session.</summary>
    IoMaxConcurrency = 4,

    /// <summary>Most pages of an operation.</summary>
    IoCombineLimit = 5,

    /// <summary>What the page cache has to do with it: the number of an <c>IoMode</c>.</summary>
    IoMode = 6,

    /// <summary>The method in effect: the number of an <c>IoMethod</c>.</summary>
    IoMethod = 7,

    /// <summary>1 = for reading only.</summary>
    ReadOnly = 8,

    /// <summary>Device of the data directory.</summary>
    DataDevice = 9,

    /// <summary>Inode of the data directory.</summary>
    DataInode = 10,

    /// <summary>Requests at the device, over all processes.</summary>
    DeviceBudget = 11,

    /// <summary>Fingerprint of the callbacks' ids and names.</summary>
    Callbacks = 12,

    /// <summary>Fingerprint of the targets' ids and names.</summary>
    Targets = 13,

    /// <summary>Fingerprint of the page checks' ids and names.</summary>
    PageChecks = 14,

    /// <summary>Fingerprint of the name of the version directory inside tablespaces.</summary>
    TablespaceVersion = 15,

    /// <summary>The namespace in which processes have their numbers.</summary>
    ProcessNamespace = 16,

    /// <summary>The namespace in which the time of their start is told.</summary>
    TimeNamespace = 17,
}
