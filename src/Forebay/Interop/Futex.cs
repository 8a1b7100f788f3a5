using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>
/// The kernel's wait queue on a 32-bit word. Not process-private: the word may lie in memory that several processes
/// map. Both calls may return early for no reason; callers re-read their state in a loop.
/// </summary>
internal static unsafe class Futex
{
    private const int Wait32 = 0;
    private const int Wake32 = 1;

    // The futex call's number differs between the two architectures that Forebay runs on.
    private static readonly nint s_number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>Sleeps while <paramref name="word"/> still holds <paramref name="expected"/>.</summary>
    /// <param name="word">A word in unmanaged memory, or of a pinned object, that outlives the call.</param>
    /// <param name="expected">The value under which to sleep.</param>
    /// <param name="timeoutMs">Longest sleep in milliseconds; negative = no limit.</param>
    /// <returns>Zero, or -errno (EAGAIN: the word had changed; EINTR; ETIMEDOUT).</returns>
    public static int Wait(ref int word, int expected, long timeoutMs = -1)
    {
        TimeSpec limit = new(timeoutMs / 1000, timeoutMs % 1000 * 1_000_000);

        // SAFETY: the caller guarantees unmanaged memory; `limit` lives on this stack until the call returns.
        fixed (int* address = &word)
        {
            nint timeout = timeoutMs < 0 ? 0 : (nint)(&limit);
            nint result = Libc.FutexCall(s_number, address, Wait32, (uint)expected, timeout, 0, 0);
            return result < 0 ? -Marshal.GetLastPInvokeError() : 0;
        }
    }

    /// <summary>Wakes at most <paramref name="count"/> sleepers on <paramref name="word"/>.</summary>
    public static void Wake(ref int word, int count)
    {
        // SAFETY: as above; the kernel only looks the address up, it does not write.
        fixed (int* address = &word)
            Libc.FutexCall(s_number, address, Wake32, (uint)count, 0, 0, 0);
    }

    /// <summary>Wakes every sleeper on <paramref name="word"/>.</summary>
    public static void WakeAll(ref int word) => Wake(ref word, int.MaxValue);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
