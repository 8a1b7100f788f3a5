namespace Forebay.Interop;

/// <summary>Linux error numbers that Forebay tells apart. Results carry them negated, as the kernel does.</summary>
internal enum Errno
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>Operation not permitted.</summary>
    NotPermitted = 1,
    /// <summary>No such file or directory.</summary>
    NoEntry = 2,
    /// <summary>No such process.</summary>
    NoProcess = 3,
    /// <summary>A signal interrupted the call before it did anything.</summary>
    Interrupted = 4,
    /// <summary>The device failed.</summary>
    InputOutput = 5,
    /// <summary>Not an open file descriptor.</summary>
    BadDescriptor = 9,
    /// <summary>Nothing could be done without blocking, or a resource is short for now.</summary>
    TryAgain = 11,
    /// <summary>Memory, or a limit on locked memory, is used up.</summary>
    NoMemory = 12,
    /// <summary>Access denied.</summary>
    AccessDenied = 13,
    /// <summary>An address is not mapped (or its owner has exited).</summary>
    Fault = 14,
    /// <summary>The resource is in use.</summary>
    Busy = 16,
    /// <summary>The file exists already.</summary>
    Exists = 17,
    /// <summary>Not a directory.</summary>
    NotDirectory = 20,
    /// <summary>Is a directory.</summary>
    IsDirectory = 21,
    /// <summary>An argument, an alignment or an option is not accepted.</summary>
    InvalidArgument = 22,
    /// <summary>The system has too many open files.</summary>
    FileTableFull = 23,
    /// <summary>The process has too many open files.</summary>
    TooManyFiles = 24,
    /// <summary>The file would grow beyond a limit.</summary>
    FileTooBig = 27,
    /// <summary>No space left on the device.</summary>
    NoSpace = 28,
    /// <summary>The file system is read-only.</summary>
    ReadOnly = 30,
    /// <summary>The kernel does not know the call.</summary>
    NotImplemented = 38,
    /// <summary>The medium lost the data: what a disk says of a bad sector.</summary>
    NoData = 61,
    /// <summary>A time-out ran out.</summary>
    TimeExpired = 62,
    /// <summary>A checksum of the file system does not match.</summary>
    BadMessage = 74,
    /// <summary>The integrity information that the device keeps beside the data does not match.</summary>
    IllegalSequence = 84,
    /// <summary>The operation is not supported by this file system or device.</summary>
    NotSupported = 95,
    /// <summary>The time for a wait is over.</summary>
    TimedOut = 110,
    /// <summary>The device itself failed, at the other end of its cable.</summary>
    RemoteIo = 121,
    /// <summary>The disk quota is used up.</summary>
    QuotaExceeded = 122,
    /// <summary>The operation was cancelled, for instance since its submitting thread exited.</summary>
    Cancelled = 125,
    /// <summary>Ours: the process that executed the operation has died.</summary>
    OwnerDead = 130,
}
