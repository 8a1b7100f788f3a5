using System.Diagnostics;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Peers;

/// <summary>A program that does the work: from its start to its end, start of the runtime and all.</summary>
internal sealed class ProgramRun(
    string name, Func<string?> missing, Func<string> program, Func<IEnumerable<string>> arguments, Func<int> pages)
    : Contender
{
    public override string Name => name;

    public override string? Missing => missing();

    public override bool NeedsWarmUp => false;

    public override Measurement Run(Turn turn)
    {
        int count = pages();
        double cpu = ChildCpu.Seconds;
        long start = Stopwatch.GetTimestamp();
        Programs.Run(program(), arguments());
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Measurement(count, seconds, ChildCpu.Seconds - cpu);
    }
}
