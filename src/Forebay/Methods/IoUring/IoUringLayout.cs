using Forebay.Memory;
using Forebay.Processes;

namespace Forebay.Methods.IoUring;

/// <summary>
/// What the method keeps in the shared segment: each process's part of the device's budget, and its overflow queue.
/// </summary>
internal sealed class IoUringLayout
{
    /// <summary>Reserves the method's region.</summary>
    public IoUringLayout(SegmentLayout layout) => Device = 
        layout.Reserve<DeviceQueueRecord>(ProcessTable.ProcessesMax);

    /// <summary>Budget and overflow queue of the data's device, by process slot.</summary>
    public SegmentRegion<DeviceQueueRecord> Device { get; }
}
