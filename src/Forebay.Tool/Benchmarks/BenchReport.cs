namespace Forebay.Tool.Benchmarks;

/// <summary>What <c>forebay bench --json</c> prints.</summary>
/// <param name="Results">One entry per pattern and method.</param>
internal sealed record BenchReport(IReadOnlyList<BenchEntry> Results);
