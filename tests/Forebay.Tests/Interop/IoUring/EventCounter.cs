using System.Runtime.InteropServices;
using Forebay.Interop;

namespace Forebay.Tests.Interop.IoUring;

// An eventfd that a test can read without blocking, and sleep on.
internal sealed partial class EventCounter : IDisposable
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const short PollIn = 1;

    public int Descriptor { get; } = Libc.EventDescriptor(0, NonBlocking | CloseOnExec);

    // What has been added since the last call.
    public unsafe ulong Take()
    {
        // SAFETY: the kernel writes eight bytes to this stack during the call.
        ulong value = 0;
        return Libc.Read(Descriptor, &value, sizeof(ulong)) == sizeof(ulong) ? value : 0;
    }

    // Sleeps until something was added. False: the test's patience is at its end.
    public bool Sleep() => Sleep(Descriptor);

    // The same for any descriptor that poll knows.
    public static bool Sleep(int descriptor)
    {
        PollEntry entry = new() { Descriptor = descriptor, Wanted = PollIn };
        int result;
        do
        {
            result = Poll(ref entry, 1, (int)RingTesting.Patience.TotalMilliseconds);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == (int)Errno.Interrupted);

        return result == 1;
    }

    public void Dispose() => _ = Libc.Close(Descriptor);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
