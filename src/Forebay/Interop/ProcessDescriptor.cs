using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>A descriptor of a process, readable once the process and all of its threads are gone.</summary>
// SAFETY: pointers are to structures on the caller's stack, for one call each; each place says so.
internal sealed unsafe class ProcessDescriptor : IDisposable
{
    private const nint Open = 434; // the same on both architectures
    private const short PollIn = 1;

    private int _number;

    private ProcessDescriptor(int number) => _number = number;

    /// <summary>Opens it; null = there is no such process, or it cannot be had.</summary>
    /// <param name="process">Number of the process.</param>
    /// <param name="isNone">Whether there surely is no such process.</param>
    public static ProcessDescriptor? TryOpen(int process, out bool isNone)
    {
        int number = (int)Libc.ProcessCall(Open, process, 0);
        isNone = number < 0 && Marshal.GetLastPInvokeError() == (int)Errno.NoProcess;
        return number < 0 ? null : new ProcessDescriptor(number);
    }

    /// <summary>Waits until one of some processes is gone, or for the time.</summary>
    /// <returns>Zero if none surely is.</returns>
    public static int WaitAny(ReadOnlySpan<ProcessDescriptor> processes, int timeoutMs)
    {
        // SAFETY: as many entries as are written below; they live on this stack until the call returns.
        PollDescriptor* polls = stackalloc PollDescriptor[processes.Length];
        for (int i = 0; i < processes.Length; i++)
            polls[i] = new PollDescriptor { Descriptor = processes[i]._number, Events = PollIn };

        return Libc.Poll(polls, (nuint)processes.Length, timeoutMs);
    }

    /// <summary>Whether the process is gone.</summary>
    public bool IsGone()
    {
        // SAFETY: `poll` lives on this stack for the call.
        PollDescriptor poll = new() { Descriptor = _number, Events = PollIn };
        return Libc.Poll(&poll, 1, 0) > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int number = Interlocked.Exchange(ref _number, -1); // one of two disposers closes it
        if (number >= 0)
            _ = Libc.Close(number);
    }
}
