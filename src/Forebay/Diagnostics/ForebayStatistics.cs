using Forebay.Methods.IoUring;
using Forebay.Methods.Worker;

namespace Forebay.Diagnostics;

/// <summary>
/// Counts since the instance was opened. Each number is whole and only rises, where it is no present state; all of them
/// together are not one instant.
/// </summary>
public sealed class ForebayStatistics
{
    internal ForebayStatistics(
        IReadOnlyList<IoStatistics> rows, PoolStatistics shared, PoolStatistics temporary)
    {
        Rows = rows;
        Shared = shared;
        Temporary = temporary;
    }

    /// <summary>I/O by object, context and operation.</summary>
    public IReadOnlyList<IoStatistics> Rows { get; }

    /// <summary>The shared pool.</summary>
    public PoolStatistics Shared { get; }

    /// <summary>All pools of temporary pages.</summary>
    public PoolStatistics Temporary { get; }

    /// <summary>The workers, under the method <c>worker</c>.</summary>
    public WorkerStatistics? Workers { get; init; }

    /// <summary>The method <c>io_uring</c>, if it is in use in this process.</summary>
    public IoUringReading? IoUring { get; init; }

    /// <summary>Its rings.</summary>
    public IReadOnlyList<IoUringRingReading> Rings { get; init; } = [];

    internal ForebayStatistics With(WorkerStatistics workers) => new(Rows, Shared, Temporary) { Workers = workers };

    internal ForebayStatistics With(IoUringReading method, IReadOnlyList<IoUringRingReading> rings) =>
        new(Rows, Shared, Temporary) { IoUring = method, Rings = rings };
}
