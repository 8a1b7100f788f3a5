using System.Runtime.InteropServices;

namespace Forebay.Methods.Worker;

/// <summary>
/// One worker id. Written by the worker that has the id, except <see cref="Signal"/>. Never cleared: counts go on over
/// all workers that ever had the id, so that their sum only rises.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct WorkerSlot
{
    /// <summary>Futex word that the worker sleeps on; incremented by whoever picked it out of the idle set.</summary>
    public int Signal;

    /// <summary>
    /// The operation between its taking and its completion: handle index plus one, 0 = none. Set under the queue's
    /// lock, so that an operation is at every instant in the ring, in a slot, or over.
    /// </summary>
    public int Current;

    /// <summary>The use of that handle: once the handle shows another, the operation was completed.</summary>
    public long CurrentGeneration;

    /// <summary>Timestamp of the last falling asleep; under the queue's lock.</summary>
    public long IdleSince;

    /// <summary>Operations executed, the present one included; under the queue's lock.</summary>
    public long Executed;

    /// <summary>Process slot plus one of who has the id; under the queue's lock. 0 = nobody.</summary>
    public int Process;

    /// <summary>How often it was woken.</summary>
    public long WakeUps;

    /// <summary>How often it was woken and found nothing to do.</summary>
    public long SpuriousWakeUps;
}
