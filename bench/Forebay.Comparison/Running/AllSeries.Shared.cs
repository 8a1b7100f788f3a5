using Forebay.Comparison.Loads;

namespace Forebay.Comparison.Running;

/// <summary>Several processes with one pool.</summary>
internal static partial class AllSeries
{
    private static Series SharedCached(Workplace place) => Halves(place, cached: true);

    private static Series SharedDisk(Workplace place) => Halves(place, cached: false);

    private static Series Halves(Workplace place, bool cached)
    {
        IEnumerable<Contender> Of(IoMethod method)
        {
            SharedSetup setup = SharedSetup.Of(place.Relation, place.SharedFolder, method, cached);
            yield return new SharedScan(setup, shared: true, processes: 1);
            yield return new SharedScan(setup, shared: true, processes: 2);
            yield return new SharedScan(setup, shared: false, processes: 1);
        }

        return new Series(cached ? "shared-cached" : "shared-disk",
            cached ? "Two sessions scan disjoint halves of what is in the pool" : "Two sessions scan disjoint halves",
            (cached ? string.Empty : DirectNote + " ") + "In one process, its instance shared or private, or in two "
                + "that share it; four workers in total. CPU is that of both processes. The yardstick of each method "
                + "is its own one process, shared: see the goals.",
            [.. Of(IoMethod.Worker), .. Of(IoMethod.IoUring)]);
    }
}
