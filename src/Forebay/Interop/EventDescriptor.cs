using System.Runtime.InteropServices;
using Forebay.Primitives;

namespace Forebay.Interop;

/// <summary>
/// An eventfd: a counter in the kernel for which one thread sleeps and which anybody, the kernel included, may raise.
/// Close-on-exec. Signals that come before the sleeper looks are one.
/// </summary>
// SAFETY: pointers to locals of the calling method only, for the duration of one system call.
internal sealed unsafe class EventDescriptor : SafeHandle
{
    private const int CloseOnExec = 0x80000;
    private const short PollIn = 1;

    private EventDescriptor(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>For system calls by somebody who keeps this object alive and undisposed.</summary>
    public int Number => (int)handle;

    /// <summary>Creates one at zero. Returns null where the process or the system has no descriptor left.</summary>
    public static EventDescriptor? TryCreate()
    {
        int descriptor = Libc.EventDescriptor(0, CloseOnExec);
        return descriptor < 0 ? null : new EventDescriptor(descriptor);
    }

    /// <summary>Raises the counter. Never blocks: it would have to be raised 2^64 times unread.</summary>
    public void Signal()
    {
        ulong one = 1;

        // SAFETY: the kernel reads the 8 bytes on this stack during the call.
        nint written;
        do
            written = Libc.Write(Number, &one, sizeof(ulong));
        while (written < 0 && Marshal.GetLastPInvokeError() == (int)Errno.Interrupted);
        Invariant.Check(written == sizeof(ulong), "I-95: an event descriptor can be raised and read", (int)written, 8);
    }

    /// <summary>Sleeps until the counter is raised, and takes it back to zero.</summary>
    /// <param name="timeoutMs">Longest sleep in milliseconds; negative = no limit.</param>
    /// <returns>Whether it had been raised.</returns>
    public bool Wait(int timeoutMs = -1)
    {
        if (timeoutMs >= 0)
        {
            // SAFETY: one struct pollfd on this stack, read and written during the call.
            PollDescriptor poll = new() { Descriptor = Number, Events = PollIn };
            if (Libc.Poll(&poll, 1, timeoutMs) <= 0)
                return false; // the time is over, or a signal came: the caller loops
        }

        // SAFETY: the kernel writes 8 bytes on this stack during the call.
        ulong count;
        nint read;
        do
            read = Libc.Read(Number, &count, sizeof(ulong));
        while (read < 0 && Marshal.GetLastPInvokeError() == (int)Errno.Interrupted);
        Invariant.Check(read == sizeof(ulong), "I-95: an event descriptor can be raised and read", (int)read, 8);
        return true;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
