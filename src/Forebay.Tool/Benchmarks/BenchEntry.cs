using System.Text.Json.Serialization;

namespace Forebay.Tool.Benchmarks;

/// <summary>One run of the benchmark, or why there was none.</summary>
[JsonDerivedType(typeof(BenchResult))]
[JsonDerivedType(typeof(BenchRefusal))]
internal abstract record BenchEntry
{
    // What says which run it is comes before what the run came to.
    private const int Identity = -1;

    /// <summary>The method.</summary>
    [JsonPropertyOrder(Identity)]
    public required string IoMethod { get; init; }

    /// <summary>The order of reading.</summary>
    [JsonPropertyOrder(Identity)]
    public required string Pattern { get; init; }

    /// <summary>Whether reads went past the page cache.</summary>
    [JsonPropertyOrder(Identity)]
    public required bool IoDirect { get; init; }

    /// <summary>Whether the pool checked each page.</summary>
    [JsonPropertyOrder(Identity)]
    public required bool Checksum { get; init; }

    /// <summary>Threads.</summary>
    [JsonPropertyOrder(Identity)]
    public required int Streams { get; init; }
}
