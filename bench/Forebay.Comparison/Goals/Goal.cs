namespace Forebay.Comparison.Goals;

/// <summary>Something to be reached, and whether it was.</summary>
/// <param name="Measure">What is measured.</param>
/// <param name="Wanted">What is wanted, in words.</param>
/// <param name="Figures">What came out, each with whether that is enough; empty = not measured.</param>
internal sealed record Goal(string Measure, string Wanted, IReadOnlyList<GoalFigure> Figures)
{
    public string Verdict =>
        Figures.Count == 0 || Figures.All(figure => double.IsNaN(figure.Value)) ? "not measured"
        : Figures.All(figure => figure.IsMet) ? "met"
        : Figures.Any(figure => figure.IsMet) ? "partly missed"
        : "missed";
}
