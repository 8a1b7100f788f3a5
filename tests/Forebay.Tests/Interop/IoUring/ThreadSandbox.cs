using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Forebay.Interop;

namespace Forebay.Tests.Interop.IoUring;

// Takes rights away from one thread, which ends with the test: filters, capabilities and the table of descriptors
// belong to threads, so the process around it keeps its own.
internal static unsafe partial class ThreadSandbox
{
    private const int SetNoNewPrivileges = 38;
    private const int SetSeccomp = 22;
    private const int SeccompFilter = 2;
    private const int OwnFiles = 0x400;
    private const uint ReturnErrno = 0x00050000;
    private const uint ReturnAllow = 0x7fff0000;
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint CapabilityVersion = 0x20080522;
    private const int LockMemory = 14;

    // Runs `body` on a thread of its own and brings back whatever it throws, a skip included.
    public static void Run(Action body)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                body();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    // From now on this thread's system call `number` fails with `errno`, as a container's profile would have it.
    public static void ForbidCall(uint number, Errno errno)
    {
        // SAFETY: the kernel copies the program during the call; it lives on this stack.
        FilterStep* steps = stackalloc FilterStep[]
        {
            new() { Code = LoadWord, Value = 0 },                       // the number of the call
            new() { Code = JumpIfEqual, IfFalse = 1, Value = number },
            new() { Code = Return, Value = ReturnErrno | (uint)errno },
            new() { Code = Return, Value = ReturnAllow },
        };
        FilterProgram program = new() { Count = 4, Steps = steps };
        Assert.Equal(0, Control(SetNoNewPrivileges, 1, 0, 0, 0));
        Assert.Equal(0, Control(SetSeccomp, SeccompFilter, (nint)(&program), 0, 0));
    }

    // From now on this thread's locked memory counts against the limit, as an ordinary user's does.
    public static void DropLockedMemoryPrivilege()
    {
        // SAFETY: both structures live on this stack for the calls; the third version has two sets of data.
        CapabilityHeader header = new() { Version = CapabilityVersion };
        CapabilitySet* sets = stackalloc CapabilitySet[2];
        Assert.Equal(0, GetCapabilities(&header, sets));
        sets[0].Effective &= ~(1u << LockMemory);
        Assert.Equal(0, SetCapabilities(&header, sets));
    }

    // From now on this thread has a table of descriptors of its own, filled to the limit.
    public static void UseUpDescriptors()
    {
        Assert.SkipUnless(Unshare(OwnFiles) == 0, "threads may not have descriptors of their own here");
        int result;
        do
        {
            result = Duplicate(2);
        }
        while (result >= 0);

        Assert.Equal((int)Errno.TooManyFiles, Marshal.GetLastPInvokeError());
    }

    // The kernel's number of the calling thread, for Signal.
    public static int CurrentThread => GetThread();

    // Sends a signal to one thread of this process.
    public static void Signal(int thread, int signal) => _ = SignalThread(Environment.ProcessId, thread, signal);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThread();

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int SignalThread(int process, int thread, int signal);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int GetCapabilities(CapabilityHeader* header, CapabilitySet* sets);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities(CapabilityHeader* header, CapabilitySet* sets);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Duplicate(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterStep
    {
        public ushort Code;
        public byte IfTrue;
        public byte IfFalse;
        public uint Value;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Count;
        public FilterStep* Steps;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct CapabilityHeader
    {
        public uint Version;
        public int Process;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct CapabilitySet
    {
        public uint Effective;
        public uint Permitted;
        public uint Inheritable;
    }
}
