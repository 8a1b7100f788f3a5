using System.Diagnostics;
using Forebay.Comparison.Records;

namespace Forebay.Comparison.Running;

/// <summary>
/// Takes time, CPU and allocation of this process from its making on. CPU is that of all threads, those included that
/// the kernel keeps for this process's requests.
/// </summary>
internal sealed class RunClock
{
    private readonly long _allocated = GC.GetTotalAllocatedBytes(precise: true);
    private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;
    private readonly long _start = Stopwatch.GetTimestamp();

    public double Seconds => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    public Measurement Stop(long pages, IReadOnlyDictionary<string, double>? figures = null)
    {
        double seconds = Seconds;
        double cpu = (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds;
        return new Measurement(pages, seconds, cpu, GC.GetTotalAllocatedBytes(precise: true) - _allocated, figures);
    }
}
