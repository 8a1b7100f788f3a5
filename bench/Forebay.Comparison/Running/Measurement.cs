namespace Forebay.Comparison.Running;

/// <summary>One run of one contender.</summary>
/// <param name="Pages">Units of work done: pages of 8 KiB.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">User and system time of all threads that worked.</param>
/// <param name="AllocatedBytes">Managed allocation during the run; null for other programs.</param>
/// <param name="Operations">I/O operations, where known.</param>
internal sealed record Measurement(
    long Pages, double Seconds, double CpuSeconds, long? AllocatedBytes = null, long? Operations = null)
{
    public double PagesPerSecond => Pages / Seconds;

    public double CpuMicrosecondsPerPage => CpuSeconds * 1e6 / Pages;
}
