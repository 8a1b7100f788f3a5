using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// struct io_uring_getevents_arg: the wait of an io_uring_enter with RingEnterFlags.ExtendedArgument.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GetEventsArgument
{
    public ulong SignalMask;
    public uint SignalMaskSize;
    public uint MinimumWaitMicroseconds;
    public ulong Timespec;
}
