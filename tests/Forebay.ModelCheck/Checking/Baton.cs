using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Forebay.ModelCheck.Checking;

/// <summary>
/// Hands the right to run from one thread to another: a word and the kernel's wait queue, without spinning, since the
/// one who gives it away stops at once.
/// </summary>
internal sealed unsafe class Baton : IDisposable
{
    private const int WaitPrivate = 128;
    private const int WakePrivate = 129;

    private static readonly nint s_number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    private readonly int* _word = (int*)NativeMemory.AllocZeroed(sizeof(int));

    // One processor for all: passing the baton on is then a switch on the spot, not a wake-up of another processor.
    static Baton()
    {
        using Process process = Process.GetCurrentProcess();
        if (OperatingSystem.IsLinux())
            process.ProcessorAffinity &= -process.ProcessorAffinity;
    }

    public void Wait()
    {
        while (System.Threading.Interlocked.Exchange(ref *_word, 0) == 0)
            _ = SystemCall(s_number, _word, WaitPrivate, 0, 0, 0, 0);
    }

    public void Release()
    {
        System.Threading.Interlocked.Exchange(ref *_word, 1);
        _ = SystemCall(s_number, _word, WakePrivate, 1, 0, 0, 0);
    }

    public void Dispose() => NativeMemory.Free(_word);

    [DllImport("libc", EntryPoint = "syscall")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SystemCall(
        nint number, int* word, int operation, uint value, nint timeout, nint second, uint third);
}
