using Forebay.Tool.Parsing;

namespace Forebay.Tool.Benchmarks;

/// <summary>What to measure.</summary>
internal sealed record BenchOptions
{
    /// <summary>How long a run takes at most, if neither pages nor seconds were asked for.</summary>
    public const double SecondsDefault = 5;

    /// <summary>Folder to make the run's own folder in; null = a folder of our own in the current one.</summary>
    public required string? Data { get; init; }

    /// <summary>Bytes of the relation.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Bytes of the buffer pool.</summary>
    public required long PoolBytes { get; init; }

    /// <summary>Orders of reading.</summary>
    public required IReadOnlyList<BenchPattern> Patterns { get; init; }

    /// <summary>Methods.</summary>
    public required IReadOnlyList<IoMethod> Methods { get; init; }

    /// <summary>Past the page cache or through it; unsaid = past it where the file system can.</summary>
    public required OnOff Direct { get; init; }

    /// <summary>Operations that a stream keeps in flight.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Whether the pool checks each page.</summary>
    public required bool Checksum { get; init; }

    /// <summary>Threads, each with a stream over its part.</summary>
    public required int Streams { get; init; }

    /// <summary>Pages per run; null = as many as there are.</summary>
    public required long? Pages { get; init; }

    /// <summary>Seconds per run; null = not said.</summary>
    public required double? Seconds { get; init; }

    /// <summary>What random order and contents are drawn from.</summary>
    public required int Seed { get; init; }

    /// <summary>Whether the folder stays.</summary>
    public required bool Keep { get; init; }

    /// <summary>The shared instance to measure on, or to be made; null = each run has one of its own.</summary>
    public Sharing? Sharing { get; init; }

    /// <summary>What was asked for.</summary>
    public BenchGiven Given { get; init; }

    /// <summary>Seconds after which a run ends; null = never.</summary>
    public double? SecondsMax => Pages is null ? Seconds ?? SecondsDefault : null;
}
