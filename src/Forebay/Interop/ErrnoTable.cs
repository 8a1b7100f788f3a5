namespace Forebay.Interop;

/// <summary>The one place that knows what an error number means to people, and whether to try again.</summary>
internal static class ErrnoTable
{
    /// <summary>A short sentence for people, with the number.</summary>
    public static string Describe(Errno errno) => errno switch
    {
        Errno.None => "no error",
        Errno.NotPermitted => "operation not permitted (errno 1)",
        Errno.NoEntry => "no such file or directory (errno 2)",
        Errno.NoProcess => "no such process (errno 3)",
        Errno.Interrupted => "interrupted by a signal (errno 4)",
        Errno.InputOutput => "input/output error (errno 5)",
        Errno.BadDescriptor => "not an open file (errno 9)",
        Errno.TryAgain => "resource temporarily unavailable (errno 11)",
        Errno.NoMemory => "out of memory or over the locked-memory limit (errno 12)",
        Errno.AccessDenied => "permission denied (errno 13)",
        Errno.Fault => "bad address (errno 14)",
        Errno.Busy => "resource busy (errno 16)",
        Errno.Exists => "file exists (errno 17)",
        Errno.NotDirectory => "not a directory (errno 20)",
        Errno.IsDirectory => "is a directory (errno 21)",
        Errno.InvalidArgument => "invalid argument or alignment (errno 22)",
        Errno.FileTableFull => "too many open files in the system (errno 23)",
        Errno.TooManyFiles => "too many open files in this process (errno 24)",
        Errno.FileTooBig => "file too large (errno 27)",
        Errno.NoSpace => "no space left on device (errno 28)",
        Errno.ReadOnly => "read-only file system (errno 30)",
        Errno.NotImplemented => "function not implemented by the kernel (errno 38)",
        Errno.NoData => "the medium has lost the data (errno 61)",
        Errno.TimeExpired => "timer expired (errno 62)",
        Errno.BadMessage => "a checksum of the file system does not match (errno 74)",
        Errno.IllegalSequence => "the device's integrity data do not match (errno 84)",
        Errno.NotSupported => "operation not supported (errno 95)",
        Errno.TimedOut => "timed out (errno 110)",
        Errno.RemoteIo => "the device failed (errno 121)",
        Errno.QuotaExceeded => "disk quota exceeded (errno 122)",
        Errno.Cancelled => "operation cancelled (errno 125)",
        Errno.OwnerDead => "the process that executed it has died (errno 130)",
        _ => $"errno {(int)errno}",
    };

    /// <summary>
    /// Whether the error is that of the blocks themselves: the device or the file system cannot bring their contents.
    /// One bad sector makes a whole operation fail, so the others may be readable by themselves. Under buffered I/O the
    /// page cache makes EIO of most of these; direct I/O passes on what the device says.
    /// </summary>
    public static bool IsUnreadable(Errno errno) => errno is
        Errno.InputOutput or Errno.NoData or Errno.BadMessage or Errno.IllegalSequence or Errno.RemoteIo;

    /// <summary>
    /// Whether a raw result says nothing about the data or the device, so that the same operation is to be issued
    /// again: a signal, a momentary shortage, or a submitting thread that exited before the kernel ran its request.
    /// </summary>
    public static bool IsTransient(int rawResult) => rawResult is
        -(int)Errno.Interrupted or -(int)Errno.TryAgain or -(int)Errno.Cancelled or -(int)Errno.Fault;
}
