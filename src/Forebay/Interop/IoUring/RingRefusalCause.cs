namespace Forebay.Interop.IoUring;

/// <summary>Why a process cannot use io_uring.</summary>
internal enum RingRefusalCause
{
    MissingSystemCall,   // ENOSYS: the kernel was built without it, or is older than 5.1
    KernelTooOld,        // rings work, but features that this library needs are missing
    DisabledBySysctl,    // EPERM: kernel.io_uring_disabled = 2
    RestrictedBySysctl,  // EPERM: kernel.io_uring_disabled = 1, and the process is not in kernel.io_uring_group
    Seccomp,             // EPERM, EACCES or ENOSYS from a filter, most often a container profile
    SecurityPolicy,      // EPERM or EACCES without a filter: a security module, or a sandboxed kernel
    LockedMemoryLimit,   // ENOMEM with a finite RLIMIT_MEMLOCK
    OutOfMemory,         // ENOMEM without one
    FileLimit,           // EMFILE: RLIMIT_NOFILE
    SystemFileLimit,     // ENFILE: fs.file-max
    Other,               // anything else; the errno tells
}
