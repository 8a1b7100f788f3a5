namespace Forebay.Tool.Benchmarks;

/// <summary>A run that could not be.</summary>
internal sealed record BenchRefusal : BenchEntry
{
    /// <summary>Why the method cannot be used here, and how to permit it.</summary>
    public required string Refused { get; init; }
}
