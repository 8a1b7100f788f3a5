using System.Runtime.InteropServices;
using Forebay.Memory;

namespace Forebay.Methods.IoUring;

/// <summary>
/// The budget of one device and the queue of what is over it, in the shared segment. Three pairs of cache lines: what
/// every batch writes, what only operations over budget write, and what every drain reads.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct DeviceQueueRecord
{
    /// <summary>Budget in use.</summary>
    [FieldOffset(0)] public int InFlight;

    /// <summary>Guards the three fields that follow, the links of queued handles, and writes to Count.</summary>
    [FieldOffset(128)] public FutexLock Lock;

    /// <summary>First in the queue; index plus one, 0 = none.</summary>
    [FieldOffset(132)] public int First;

    /// <summary>Last in the queue; index plus one, 0 = none.</summary>
    [FieldOffset(136)] public int Last;

    /// <summary>Operations that went through the queue so far.</summary>
    [FieldOffset(144)] public long Queued;

    /// <summary>Operations in the queue.</summary>
    [FieldOffset(256)] public int Count;
}
