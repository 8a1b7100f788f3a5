using Forebay.Comparison.Peers;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Loads;

/// <summary>A consumer that takes a few pages and goes: what was read for nothing.</summary>
internal sealed class EarlyStop(DataFile file, int pages, ForebaySetup setup) : Contender
{
    private const int Streams = 20;

    public override string Name => $"{setup.Describe()}, {pages} {(pages == 1 ? "page" : "pages")}";

    public override string? Missing => ForebayStream.WhyNot(setup.Method);

    public override Measurement Run(Turn turn)
    {
        using ForebayInstance instance = setup.Open(file);
        using ForebaySession session = instance.OpenSession();
        RelationFork fork = instance.File(file.Path);
        List<double> wasted = [];
        RunClock clock = new();
        for (int i = 0; i < Streams; i++)
        {
            uint first = (uint)(file.Pages / Streams * i);
            ReadStream stream = session.OpenReadStream(fork, new BlockRange(first, (uint)file.Pages));
            for (int taken = 0; taken < pages && stream.TryNext(out PinnedPage page); taken++)
                page.Dispose();
            stream.Dispose();
            wasted.Add(stream.Statistics.PagesWasted);
        }

        return new Measurement(0, clock.Seconds, 0) with
        {
            Figures = new Dictionary<string, double>
            {
                ["wasted pages, median"] = Statistics.Median(wasted),
                ["wasted pages, worst"] = wasted.Max(),
                ["allowed"] = Math.Max(16, pages / 10.0),
            },
        };
    }
}
