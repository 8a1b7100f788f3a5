namespace Forebay.Interop.IoUring;

/// <summary>
/// The request kinds of io_uring that concern files, plus what a ring needs for itself. The values are the kernel's; a
/// kernel that does not know one answers -EINVAL in the completion, so ask RingProbe first. After a name: the kernel
/// version that brought it.
/// </summary>
internal enum RingOperation : byte
{
    NoOperation = 0,          // 5.1
    ReadVector = 1,           // 5.1
    WriteVector = 2,          // 5.1
    FileSync = 3,             // 5.1
    ReadFixed = 4,            // 5.1
    WriteFixed = 5,           // 5.1
    PollAdd = 6,              // 5.1
    PollRemove = 7,           // 5.1
    SyncFileRange = 8,        // 5.2
    Timeout = 11,             // 5.4
    TimeoutRemove = 12,       // 5.5
    Cancel = 14,              // 5.5
    LinkTimeout = 15,         // 5.5
    Allocate = 17,            // 5.6
    OpenAt = 18,              // 5.6
    Close = 19,               // 5.6
    FilesUpdate = 20,         // 5.6
    Statx = 21,               // 5.6
    Read = 22,                // 5.6
    Write = 23,               // 5.6
    FileAdvice = 24,          // 5.6
    MemoryAdvice = 25,        // 5.6
    MessageRing = 40,         // 5.18
    FixedDescriptorInstall = 54, // 6.8
    Truncate = 55,            // 6.9
    ReadVectorFixed = 60,     // 6.15
    WriteVectorFixed = 61,    // 6.15
}
