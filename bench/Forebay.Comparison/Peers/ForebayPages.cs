using System.Diagnostics;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Peers;

/// <summary>The pool alone: random pages one at a time, each waited for.</summary>
internal sealed class ForebayPages(DataFile file, ForebaySetup setup) : Contender
{
    public override string Name => $"{setup.Describe()}, page by page";

    public override string? Missing => ForebayStream.WhyNot(setup.Method);

    public override Measurement Run(Turn turn)
    {
        using ForebayInstance instance = setup.Open(file);
        using ForebaySession session = instance.OpenSession();
        RelationFork fork = instance.File(file.Path);
        uint[] blocks = RandomBlocks.Permutation(file.Pages, turn.Seed);
        List<double> microseconds = new(1 << 20);
        RunClock clock = new();
        int pages = 0;
        while (clock.Seconds < turn.Seconds && pages < blocks.Length)
        {
            long start = Stopwatch.GetTimestamp();
            PinnedPage page = session.Read(fork, blocks[pages]);
            microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            page.Dispose();
            pages++;
        }

        Measurement measured = clock.Stop(pages);
        return measured with
        {
            Figures = new Dictionary<string, double>
            {
                ["p50 µs"] = Statistics.Quantile(microseconds, 0.50),
                ["p99 µs"] = Statistics.Quantile(microseconds, 0.99),
            },
        };
    }
}
