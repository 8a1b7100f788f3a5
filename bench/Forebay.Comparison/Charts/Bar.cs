namespace Forebay.Comparison.Charts;

/// <summary>A bar: ours or a peer's.</summary>
internal sealed record Bar(string Name, double Value)
{
    public bool IsOurs => Name.StartsWith("Forebay", StringComparison.Ordinal);
}
