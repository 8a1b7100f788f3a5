namespace Forebay.Comparison.Records;

/// <summary>What a series came to; the first contender that ran is the yardstick.</summary>
internal sealed record SeriesRecord(
    string Slug, string Title, string Settings, string Machine, IReadOnlyList<ContenderRecord> Contenders)
{
    public ContenderRecord? Yardstick => Contenders.FirstOrDefault(contender => contender.Runs.Count > 0);

    public ContenderRecord? Find(string name) => Contenders.FirstOrDefault(
        contender => contender.Runs.Count > 0 && contender.Name.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Rate of a contender over that of the yardstick in the same round, sorted.</summary>
    public double[] RateRatios(ContenderRecord contender) =>
        Ratios(contender, static run => run.PagesPerSecond);

    /// <summary>CPU per page of a contender over that of the yardstick in the same round, sorted.</summary>
    public double[] CpuRatios(ContenderRecord contender) =>
        Ratios(contender, static run => run.CpuMicrosecondsPerPage);

    /// <summary>A figure of a contender over that of the yardstick in the same round, sorted.</summary>
    public double[] FigureRatios(ContenderRecord contender, string figure) =>
        Ratios(contender, run => run.Figure(figure));

    /// <summary>As the others, against a yardstick of the caller's choice.</summary>
    public static double[] Ratios(
        ContenderRecord contender, ContenderRecord yardstick, Func<Measurement, double> figure) =>
        [.. contender.Runs.Zip(yardstick.Runs, (run, against) => figure(run) / figure(against)).Order()];

    private double[] Ratios(ContenderRecord contender, Func<Measurement, double> figure) =>
        Yardstick is { } yardstick ? Ratios(contender, yardstick, figure) : [];
}
