using Forebay.Buffers;

namespace Forebay.PostgreSql.Scans;

/// <summary>What a sequential scan goes over, and how. What is not set is as the instance has it.</summary>
public sealed record SequentialScanOptions
{
    /// <summary>The whole table.</summary>
    public static SequentialScanOptions Default { get; } = new();

    /// <summary>The part of the table.</summary>
    public TidRange Range { get; init; } = TidRange.All;

    /// <summary>The blocks that the scan shares with others, instead of all those of <see cref="Range"/>.</summary>
    public SharedBlocks? Shared { get; init; }

    /// <summary>
    /// How the pool is used; null = through a ring if the table is larger than a quarter of the pool.
    /// </summary>
    public AccessStrategy? Strategy { get; init; }

    /// <summary>Operations in flight, instead of <c>effective_io_concurrency</c>.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Most pages of one operation, instead of <c>io_combine_limit</c>.</summary>
    public int? CombineLimit { get; init; }
}
