using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>
/// Locks on open files, which the kernel gives back when the last descriptor of the opening is closed, whatever becomes
/// of the process. Two openings are strangers to each other, in one process as well. Zero or -errno.
/// </summary>
internal static class FileLock
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int Unlocked = 8;

    /// <summary>Takes the lock for itself, waiting for as long as it takes.</summary>
    public static int Enter(int descriptor) => Call(descriptor, Exclusive);

    /// <summary>Takes the lock for itself, or turns its shared lock into that; EAGAIN = others have it.</summary>
    public static int TryEnter(int descriptor) => Call(descriptor, Exclusive | NonBlocking);

    /// <summary>Takes the lock together with others; EAGAIN = somebody has it for itself.</summary>
    public static int TryEnterShared(int descriptor) => Call(descriptor, Shared | NonBlocking);

    /// <summary>Gives the lock back.</summary>
    public static int Exit(int descriptor) => Call(descriptor, Unlocked);

    private static int Call(int descriptor, int operation)
    {
        while (Libc.LockFile(descriptor, operation) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != (int)Errno.Interrupted)
                return -errno;
        }

        return 0;
    }
}
