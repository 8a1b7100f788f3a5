namespace Forebay.Comparison.Running;

/// <summary>What a series came to.</summary>
internal sealed record SeriesResult(string Title, IReadOnlyList<ContenderResult> Contenders)
{
    /// <summary>Rate of a contender over that of the yardstick in the same round, sorted.</summary>
    public double[] RateRatios(ContenderResult contender) =>
        Ratios(contender, static run => run.PagesPerSecond);

    /// <summary>CPU per page of a contender over that of the yardstick in the same round, sorted.</summary>
    public double[] CpuRatios(ContenderResult contender) =>
        Ratios(contender, static run => run.CpuMicrosecondsPerPage);

    private double[] Ratios(ContenderResult contender, Func<Measurement, double> figure)
    {
        IReadOnlyList<Measurement> yardstick = Contenders[0].Runs;
        return [.. contender.Runs.Zip(yardstick, (run, against) => figure(run) / figure(against)).Order()];
    }
}
