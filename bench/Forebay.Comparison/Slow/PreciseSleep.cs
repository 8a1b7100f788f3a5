using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Forebay.Comparison.Slow;

/// <summary>Sleeps to within the kernel's timer slack, about 50 µs; the runtime's own count in milliseconds.</summary>
internal static partial class PreciseSleep
{
    private const int Monotonic = 1;
    private const int Relative = 0;

    /// <summary>Sleeps until a moment of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public static void Until(long due)
    {
        long left = due - Stopwatch.GetTimestamp();
        if (left <= 0)
            return;
        long nanoseconds = (long)(left * (1e9 / Stopwatch.Frequency));
        TimeSpec time = new(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        _ = Sleep(Monotonic, Relative, time, 0); // a signal ends it early: the device is then a little fast
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, in TimeSpec time, nint remaining);

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);
}
