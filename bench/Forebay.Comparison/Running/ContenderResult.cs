namespace Forebay.Comparison.Running;

/// <summary>One contender's runs, one a round; none if it is missing here.</summary>
internal sealed record ContenderResult(string Name, string? Missing, IReadOnlyList<Measurement> Runs);
