using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// The real kernel. The calls have no wrapper in the C library; their numbers are the same on x64 and arm64.
/// </summary>
// SAFETY: each call passes the pointers of IRingKernel on; the kernel checks them itself and faults with an errno.
internal sealed unsafe partial class RingKernel : IRingKernel
{
    private const nint SetupNumber = 425;
    private const nint EnterNumber = 426;
    private const nint RegisterNumber = 427;

    public static RingKernel Instance { get; } = new();

    private RingKernel()
    {
    }

    public int Setup(uint entries, RingParameters* parameters) =>
        // SAFETY: the kernel reads and writes one RingParameters, which the caller keeps in place for the call.
        Result(SystemCall(SetupNumber, (nint)entries, (nint)parameters, 0, 0, 0, 0));

    public int Enter(
        int ring, uint submitCount, uint completeMin, RingEnterFlags flags, void* argument, nuint argumentSize) =>
        // SAFETY: the kernel reads `argumentSize` bytes of `argument`, which the caller keeps in place for the call.
        Result(SystemCall(EnterNumber, ring, (nint)submitCount, (nint)completeMin, (nint)(uint)flags,
            (nint)argument, (nint)argumentSize));

    public int Register(int ring, RingRegisterOperation operation, void* argument, uint count) =>
        // SAFETY: what `argument` points to follows from the operation; the caller keeps it in place for the call.
        Result(SystemCall(RegisterNumber, ring, (nint)(uint)operation, (nint)argument, (nint)count, 0, 0));

    private static int Result(nint value) => value >= 0 ? (int)value : -Marshal.GetLastPInvokeError();

    // With a transition to preemptive mode, since a submit may block for milliseconds and a wait for ever: a
    // SuppressGCTransition here would stop every collection meanwhile.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(
        nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);
}
