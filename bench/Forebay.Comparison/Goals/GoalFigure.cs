using Forebay.Comparison.Reporting;

namespace Forebay.Comparison.Goals;

/// <summary>One figure of a goal.</summary>
/// <param name="Name">What it is of; empty where the goal has only one.</param>
/// <param name="Value">Median.</param>
/// <param name="Limit">What it must reach.</param>
/// <param name="AtLeast">Whether more is better.</param>
internal sealed record GoalFigure(string Name, double Value, double Limit, bool AtLeast)
{
    public bool IsMet => AtLeast ? Value >= Limit : Value <= Limit;

    public override string ToString() =>
        (Name.Length > 0 ? $"{Name}: " : string.Empty) + MarkdownReport.Number(Value) + (IsMet ? string.Empty : " ✗");
}
