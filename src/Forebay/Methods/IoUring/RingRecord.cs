using System.Runtime.InteropServices;
using Forebay.Memory;

namespace Forebay.Methods.IoUring;

/// <summary>
/// Locks and counts of one ring, outside the collector's heap, since a futex is known by its address. The submitter's,
/// the completer's and the waiters' fields have a pair of cache lines each.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 384)]
internal struct RingRecord
{
    /// <summary>The submitter's role.</summary>
    [FieldOffset(0)] public FutexLock Submission;

    /// <summary>
    /// Entries filled that the kernel has not accepted; nonzero only after a refusal. Read by everybody.
    /// </summary>
    [FieldOffset(4)] public int Pending;

    /// <summary>Entries that the kernel has accepted. Read by completers.</summary>
    [FieldOffset(8)] public long Accepted;

    /// <summary>Entries filled.</summary>
    [FieldOffset(16)] public long Filled;

    /// <summary>Calls that submitted.</summary>
    [FieldOffset(24)] public long SubmitCalls;

    /// <summary>Calls that the kernel answered with "not now" (EAGAIN, EBUSY).</summary>
    [FieldOffset(32)] public long Refusals;

    /// <summary>The completer's role.</summary>
    [FieldOffset(128)] public FutexLock Completion;

    /// <summary>Completions taken out.</summary>
    [FieldOffset(136)] public long Drained;

    /// <summary>Calls that waited.</summary>
    [FieldOffset(144)] public long WaitCalls;

    /// <summary>Operations that came back with a transient result and went again.</summary>
    [FieldOffset(152)] public long Requeued;

    /// <summary>Guards the list of waiters.</summary>
    [FieldOffset(256)] public FutexLock Waiters;

    /// <summary>Waiters in the list.</summary>
    [FieldOffset(260)] public int WaiterCount;
}
