namespace Forebay.Comparison.Running;

/// <summary>User and system time of this process, the kernel's helper threads for it included.</summary>
internal static class CpuClock
{
    public static double Seconds => Environment.CpuUsage.TotalTime.TotalSeconds;
}
