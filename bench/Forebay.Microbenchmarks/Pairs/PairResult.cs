namespace Forebay.Microbenchmarks.Pairs;

/// <summary>What a series came to; the first lane is the yardstick.</summary>
internal sealed record PairResult(string Title, IReadOnlyList<LaneResult> Lanes);
