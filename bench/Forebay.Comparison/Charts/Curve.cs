namespace Forebay.Comparison.Charts;

/// <summary>A named line through points.</summary>
internal sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);
