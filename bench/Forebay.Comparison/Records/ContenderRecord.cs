namespace Forebay.Comparison.Records;

/// <summary>One contender's runs, one a round; none if it is missing here.</summary>
internal sealed record ContenderRecord(string Name, string? Missing, IReadOnlyList<Measurement> Runs)
{
    public double PagesPerSecond => Statistics.Median(Runs.Select(run => run.PagesPerSecond));

    public double CpuMicrosecondsPerPage => Statistics.Median(Runs.Select(run => run.CpuMicrosecondsPerPage));

    public double? AllocatedBytesPerPage =>
        Runs.Count > 0 && Runs.All(run => run.AllocatedBytes is not null)
            ? Statistics.Median(Runs.Select(run => run.AllocatedBytes!.Value / (double)Math.Max(1, run.Pages)))
            : null;

    public IReadOnlyList<string> FigureNames =>
        [.. Runs.Where(run => run.Figures is not null).SelectMany(run => run.Figures!.Keys).Distinct()];

    public double Figure(string name) => Statistics.Median(Runs.Select(run => run.Figure(name)));
}
