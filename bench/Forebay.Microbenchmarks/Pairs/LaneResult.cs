namespace Forebay.Microbenchmarks.Pairs;

/// <summary>A lane's turns, one a round.</summary>
internal sealed record LaneResult(string Name, IReadOnlyList<LaneTurn> Turns)
{
    public double Nanoseconds => Median(Turns.Select(turn => turn.Nanoseconds));

    public double CpuNanoseconds => Median(Turns.Select(turn => turn.CpuNanoseconds));

    public double AllocatedBytes => Median(Turns.Select(turn => turn.AllocatedBytes));

    /// <summary>Rate over that of the yardstick in the same round, sorted: the worst comes first.</summary>
    public double[] RateRatios(LaneResult yardstick) =>
        [.. Turns.Zip(yardstick.Turns, (turn, against) => against.Nanoseconds / turn.Nanoseconds).Order()];

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
