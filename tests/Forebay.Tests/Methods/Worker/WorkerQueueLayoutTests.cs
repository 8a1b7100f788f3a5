using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Forebay.Memory;
using Forebay.Methods.Worker;

namespace Forebay.Tests.Methods.Worker;

public sealed class WorkerQueueLayoutTests
{
    [Fact]
    public void Records_InTheSegment_FillPairsOfCacheLines()
    {
        Assert.Equal(128, Unsafe.SizeOf<WorkerQueueControl>());
        Assert.Equal(128, Unsafe.SizeOf<WorkerQueueCounters>());
        Assert.Equal(128, Unsafe.SizeOf<WorkerSlot>());
    }

    [Fact]
    public void Fields_ThatProcessesShare_KeepTheirOffsets()
    {
        Assert.Equal(0, Marshal.OffsetOf<WorkerQueueControl>(nameof(WorkerQueueControl.Lock)));
        Assert.Equal(4, Marshal.OffsetOf<WorkerQueueControl>(nameof(WorkerQueueControl.Head)));
        Assert.Equal(24, Marshal.OffsetOf<WorkerQueueControl>(nameof(WorkerQueueControl.Idle)));
        Assert.Equal(40, Marshal.OffsetOf<WorkerQueueControl>(nameof(WorkerQueueControl.RanDry)));
        Assert.Equal(0, Marshal.OffsetOf<WorkerQueueCounters>(nameof(WorkerQueueCounters.SupervisorSignal)));
        Assert.Equal(0, Marshal.OffsetOf<WorkerSlot>(nameof(WorkerSlot.Signal)));
        Assert.Equal(4, Marshal.OffsetOf<WorkerSlot>(nameof(WorkerSlot.Current)));
        Assert.Equal(8, Marshal.OffsetOf<WorkerSlot>(nameof(WorkerSlot.CurrentGeneration)));
    }

    [Fact]
    public void Regions_OfOneLayout_DoNotOverlapAndAreAligned()
    {
        SegmentLayout layout = new();
        layout.Reserve<byte>(3);
        WorkerQueueLayout queue = new(layout);
        Assert.True(BitOperations.IsPow2(WorkerQueueLayout.Capacity));
        Assert.Equal(128, queue.Control.Offset);
        Assert.Equal(256, queue.Counters.Offset);
        Assert.Equal(384, queue.Ring.Offset);
        Assert.Equal(384 + (4 * WorkerQueueLayout.Capacity), queue.Slots.Offset);
        Assert.Equal(queue.Slots.Offset + (128 * WorkerOptions.WorkersLimit), queue.Parts.Offset);
        Assert.Equal(queue.Parts.Offset + (4 * queue.Parts.Count), layout.Length);
    }
}
