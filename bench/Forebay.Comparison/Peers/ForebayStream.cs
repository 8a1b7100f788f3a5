using Forebay.Buffers;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Forebay.Methods.IoUring;
using Forebay.Storage;
using Forebay.Streams;

namespace Forebay.Comparison.Peers;

/// <summary>Pages through pool and stream, one session: the whole file in order, or at random.</summary>
internal sealed class ForebayStream(DataFile file, bool random, ForebaySetup setup) : Contender
{
    private const int StartPages = 4096;
    private const double WorkersSeconds = 1;

    public override string Name => setup.Describe();

    public override string? Missing => WhyNot(setup.Method);

    /// <summary>Why the method cannot be used here; null = it can.</summary>
    public static string? WhyNot(IoMethod method) =>
        MethodAvailability.Probe().FirstOrDefault(found => found.Method == method) is { IsAvailable: false } refused
            ? refused.Reason
            : null;

    public override Measurement Run(Turn turn)
    {
        using ForebayInstance instance = setup.Open(file);
        using ForebaySession session = instance.OpenSession();
        if (setup.Method == IoMethod.Worker)
            StartWorkers(instance, session, turn.Seed + 1);
        RelationFork fork = instance.File(file.Path);
        RunClock clock = new();
        using ReadStream stream = random
            ? session.OpenReadStream(
                fork, new BlockSequence(RandomBlocks.Permutation(file.Pages, turn.Seed)),
                new ReadStreamOptions
                {
                    Flags = setup.Depth is null ? ReadStreamFlags.None : ReadStreamFlags.UseBatching,
                })
            : session.OpenReadStream(
                fork, new BlockRange(0, (uint)file.Pages),
                new ReadStreamOptions
                {
                    Flags = ReadStreamFlags.UseBatching | ReadStreamFlags.Sequential,
                    Strategy = AccessStrategy.BulkRead,
                });
        clock = new RunClock(); // the permutation is not the work
        long pages = 0;
        long allocated = 0;
        while (stream.TryNext(out PinnedPage page))
        {
            page.Dispose();
            if (++pages == StartPages)
                allocated = GC.GetTotalAllocatedBytes(precise: true);
            if ((pages & 63) == 0 && random && clock.Seconds >= turn.Seconds)
                break;
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Measurement measured = clock.Stop(pages);
        Dictionary<string, double> figures = Figures(instance, stream);
        figures["bytes/page once started"] = allocated / (double)Math.Max(1, pages - StartPages);
        return measured with { Figures = figures };
    }

    // Workers are launched one after the other, 100 ms apart, while there is work for more of them: that is opening,
    // not the run. What was read for it is forgotten.
    private void StartWorkers(ForebayInstance instance, ForebaySession session, int seed)
    {
        RelationFork fork = instance.File(file.Path);
        RunClock clock = new();
        using (ReadStream stream =
            session.OpenReadStream(fork, new BlockSequence(RandomBlocks.Permutation(file.Pages, seed))))
        {
            while (clock.Seconds < WorkersSeconds && stream.TryNext(out PinnedPage page))
                page.Dispose();
        }

        session.Forget(fork);
    }

    private static Dictionary<string, double> Figures(ForebayInstance instance, ReadStream stream)
    {
        ReadStreamStatistics statistics = stream.Statistics;
        Dictionary<string, double> figures = new()
        {
            ["pages/operation"] = statistics.BlocksPerOperation,
            ["in flight"] = statistics.InProgressAverage,
        };
        if (instance.Engine.Method is IoUringMethod rings)
        {
            IoUringRingReading[] readings = [.. Enumerable.Range(0, rings.RingCount).Select(rings.ReadRing)];
            figures["I/Os/enter"] =
                readings.Sum(ring => ring.Accepted) / (double)Math.Max(1, readings.Sum(ring => ring.SubmitCalls));
        }

        return figures;
    }
}
