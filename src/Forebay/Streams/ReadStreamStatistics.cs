namespace Forebay.Streams;

/// <summary>What a stream has done since it was opened; resets do not clear it.</summary>
/// <param name="PagesReturned">Pages handed to the consumer.</param>
/// <param name="DistanceTotal">Sum, over those pages, of the pages that were ready or under way at that moment.</param>
/// <param name="DistanceMax">The largest of them.</param>
/// <param name="DistanceCapacity">How far the stream may look ahead, in pages.</param>
/// <param name="Waits">Times that a page which was due had to be waited for.</param>
/// <param name="Operations">Operations started, those that somebody else had started already included.</param>
/// <param name="OperationBlocks">Pages that these operations were for.</param>
/// <param name="InProgressTotal">Sum, over the starts, of the operations then in progress.</param>
/// <param name="PagesWasted">Pages that were got ready and given back undelivered, by a reset or an early end.</param>
public readonly record struct ReadStreamStatistics(
    long PagesReturned,
    long DistanceTotal,
    int DistanceMax,
    int DistanceCapacity,
    long Waits,
    long Operations,
    long OperationBlocks,
    long InProgressTotal,
    long PagesWasted)
{
    /// <summary>Pages ready or under way when a page was handed out, that page included; 0 before the first.</summary>
    public double DistanceAverage => Ratio(DistanceTotal, PagesReturned);

    /// <summary>Pages per operation; 0 before the first.</summary>
    public double BlocksPerOperation => Ratio(OperationBlocks, Operations);

    /// <summary>Operations in progress when one was started, that one included; 0 before the first.</summary>
    public double InProgressAverage => Ratio(InProgressTotal, Operations);

    private static double Ratio(long sum, long count) => count == 0 ? 0 : (double)sum / count;
}
