using System.Text.Json.Serialization;

namespace Forebay.Tool.Benchmarks;

/// <summary>What one run measured.</summary>
internal sealed record BenchResult : BenchEntry
{
    /// <summary>Pages read.</summary>
    public required long Pages { get; init; }

    /// <summary>From the start of all threads to the end of the last.</summary>
    public required double Seconds { get; init; }

    /// <summary>Pages per second.</summary>
    public required double PagesPerS { get; init; }

    /// <summary>Mebibytes per second.</summary>
    public required double MibPerS { get; init; }

    /// <summary>CPU seconds of the process meanwhile, user and system.</summary>
    public required double CpuS { get; init; }

    /// <summary>CPU microseconds per page.</summary>
    public required double CpuUsPerPage { get; init; }

    /// <summary>Read operations.</summary>
    public required long Ios { get; init; }

    /// <summary>Pages per operation.</summary>
    public required double PagesPerIo { get; init; }

    /// <summary>Times that a page which was due had to be waited for.</summary>
    public required long Waits { get; init; }

    /// <summary>Most pages that a stream had ready or under way.</summary>
    public required int MaxDistance { get; init; }

    /// <summary>Managed bytes allocated per page.</summary>
    public required double AllocatedBytesPerPage { get; init; }

    /// <summary>How many times as fast as <c>sync</c> with the same pattern; null without it.</summary>
    public double? Speedup { get; init; }

    /// <summary>Whether the kernel had the pool's memory registered.</summary>
    public required bool FixedBuffers { get; init; }

    /// <summary>
    /// Sum of the hashes of the pages read, in hexadecimal; null where time decided which pages those were.
    /// </summary>
    public required string? ContentHash { get; init; }

    /// <summary>Whether the pages read were those that had been written.</summary>
    [JsonIgnore]
    public bool IsContentRight { get; init; }
}
