namespace Forebay.Interop.IoUring;

/// <summary>
/// Per-request flags of a read or write (RWF_*). A file system that does not know one answers -EOPNOTSUPP.
/// </summary>
[Flags]
internal enum TransferFlags : uint
{
    None = 0,
    HighPriority = 0x1,
    DataSync = 0x2,               // this write is durable when it completes, as with O_DSYNC
    Sync = 0x4,
    NoWait = 0x8,                 // -EAGAIN where the transfer would have to wait
    Append = 0x10,
    NoAppend = 0x20,
    Atomic = 0x40,                // 6.11
    DontCache = 0x80,             // 6.14: leaves no page-cache residue
}
