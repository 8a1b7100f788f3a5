using System.Diagnostics;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Peers;

/// <summary>
/// A program that checks all pages of a data directory that was shut down: from its start to its end, start of the
/// runtime and all.
/// </summary>
internal sealed class VerifyRun(
    string name, Workplace place, Func<string> program, Func<IEnumerable<string>> arguments) : Contender
{
    public override string Name => name;

    public override string? Missing => place.WhyNoCluster;

    public override bool NeedsWarmUp => false;

    public override Measurement Run(Turn turn)
    {
        double cpu = ChildCpu.Seconds;
        long start = Stopwatch.GetTimestamp();
        Programs.Run(program(), arguments());
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Measurement(place.ClusterPages, seconds, ChildCpu.Seconds - cpu);
    }
}
