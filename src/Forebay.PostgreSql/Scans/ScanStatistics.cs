using Forebay.Streams;

namespace Forebay.PostgreSql.Scans;

/// <summary>What a scan has done so far, as EXPLAIN would tell it.</summary>
/// <param name="Rows">Rows handed out or counted.</param>
/// <param name="Stream">What its read stream did: pages, operations, waits, distances.</param>
public readonly record struct ScanStatistics(long Rows, ReadStreamStatistics Stream)
{
    /// <summary>Pages looked at.</summary>
    public long Pages => Stream.PagesReturned;

    /// <summary>Read operations, those that somebody else had started included.</summary>
    public long Operations => Stream.Operations;

    /// <summary>Pages that these operations were for.</summary>
    public long OperationBlocks => Stream.OperationBlocks;

    /// <summary>Times that a page which was due had to be waited for.</summary>
    public long Waits => Stream.Waits;

    /// <summary>Pages ready or under way when a page was handed out, on average.</summary>
    public double DistanceAverage => Stream.DistanceAverage;

    /// <summary>The most pages that were ready or under way.</summary>
    public int DistanceMax => Stream.DistanceMax;

    /// <summary>
    /// Pages found in the pool; exact once the scan has come to its end, too few while it looks ahead.
    /// </summary>
    public long Hits => Math.Max(0, Stream.PagesReturned + Stream.PagesWasted - Stream.OperationBlocks);

    /// <summary>The work of two scans as one: for scans that share their work.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static ScanStatistics operator +(ScanStatistics left, ScanStatistics right) => Add(left, right);

    /// <summary>The work of two scans as one: for scans that share their work.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static ScanStatistics Add(ScanStatistics left, ScanStatistics right)
    {
        ReadStreamStatistics a = left.Stream;
        ReadStreamStatistics b = right.Stream;
        return new ScanStatistics(left.Rows + right.Rows, new ReadStreamStatistics(
            a.PagesReturned + b.PagesReturned,
            a.DistanceTotal + b.DistanceTotal,
            Math.Max(a.DistanceMax, b.DistanceMax),
            Math.Max(a.DistanceCapacity, b.DistanceCapacity),
            a.Waits + b.Waits,
            a.Operations + b.Operations,
            a.OperationBlocks + b.OperationBlocks,
            a.InProgressTotal + b.InProgressTotal,
            a.PagesWasted + b.PagesWasted));
    }
}
