using Forebay.Memory;
using Forebay.Processes;

namespace Forebay.Methods.Worker;

/// <summary>What the method <c>worker</c> keeps in the segment.</summary>
internal sealed class WorkerQueueLayout
{
    /// <summary>
    /// Operations that may wait for a worker; a power of two, so that the free-running positions wrap without a gap
    /// and every place can be used. Two full batches: what does not fit is better executed by its submitter.
    /// </summary>
    public const int Capacity = 64;

    /// <summary>Reserves the method's regions.</summary>
    public WorkerQueueLayout(SegmentLayout layout)
    {
        Control = layout.Reserve<WorkerQueueControl>(1);
        Counters = layout.Reserve<WorkerQueueCounters>(1);
        Ring = layout.Reserve<int>(Capacity);
        Slots = layout.Reserve<WorkerSlot>(WorkerOptions.WorkersLimit);
        Parts = layout.Reserve<int>(ProcessTable.ProcessesMax);
    }

    /// <summary>The lock and what it guards.</summary>
    public SegmentRegion<WorkerQueueControl> Control { get; }

    /// <summary>What is counted outside the lock, and the supervisor's futex word.</summary>
    public SegmentRegion<WorkerQueueCounters> Counters { get; }

    /// <summary>Handle indexes in the order of their submission.</summary>
    public SegmentRegion<int> Ring { get; }

    /// <summary>One record per worker id.</summary>
    public SegmentRegion<WorkerSlot> Slots { get; }

    /// <summary>Most workers that each process has, by its slot; under the lock.</summary>
    public SegmentRegion<int> Parts { get; }
}
