using System.Runtime.InteropServices;
using Forebay.Interop;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// A pipe: a read of one frame stays in the kernel until the test fills the pipe. So a test decides which operation
/// completes when, on the real kernel and without a clock.
/// </summary>
internal sealed unsafe partial class ManualFile : IDisposable
{
    private const int CloseOnExec = 0x80000;

    private readonly int _writeEnd;

    public ManualFile()
    {
        // SAFETY: the kernel writes two descriptors onto this stack.
        int* ends = stackalloc int[2];
        Assert.Equal(0, Pipe(ends, CloseOnExec));
        (Descriptor, _writeEnd) = (ends[0], ends[1]);
    }

    public int Descriptor { get; }

    /// <summary>Lets one read of a frame complete; its bytes are <paramref name="value"/>.</summary>
    public void Complete(byte value = 1)
    {
        byte[] frame = new byte[RingEngine.FrameBytes];
        frame.AsSpan().Fill(value);

        // SAFETY: pinned for the call; a pipe takes a page at once.
        fixed (byte* first = frame)
            Assert.Equal(frame.Length, (int)Libc.Write(_writeEnd, first, (nuint)frame.Length));
    }

    public void Dispose()
    {
        _ = Libc.Close(Descriptor);
        _ = Libc.Close(_writeEnd);
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe(int* ends, int flags);
}
