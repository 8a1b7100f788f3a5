using Forebay.Memory;

namespace Forebay.Methods.IoUring;

/// <summary>
/// What the method keeps in the shared segment: the budget of the device is shared by all rings of all processes.
/// </summary>
internal sealed class IoUringLayout
{
    /// <summary>Reserves the method's region.</summary>
    public IoUringLayout(SegmentLayout layout) => Device = layout.Reserve<DeviceQueueRecord>(1);

    /// <summary>Budget and overflow queue of the data's device.</summary>
    public SegmentRegion<DeviceQueueRecord> Device { get; }
}
