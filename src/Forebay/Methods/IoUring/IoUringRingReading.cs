namespace Forebay.Methods.IoUring;

/// <summary>What one ring has done so far, for views.</summary>
/// <param name="Ring">Position in the pool.</param>
/// <param name="Entries">Slots of its submission queue; fewer than asked for where memory was short.</param>
/// <param name="Filled">Operations written into entries.</param>
/// <param name="Accepted">Operations that the kernel has accepted.</param>
/// <param name="Completed">Completions taken out.</param>
/// <param name="Requeued">Of those, operations that went again after a transient result.</param>
/// <param name="SubmitCalls">Kernel entries that submitted.</param>
/// <param name="WaitCalls">Kernel entries that waited.</param>
/// <param name="Refusals">Submissions that the kernel answered with "not now".</param>
/// <param name="Waiters">Threads that sleep at this ring while another drains it.</param>
public readonly record struct IoUringRingReading(
    int Ring,
    int Entries,
    long Filled,
    long Accepted,
    long Completed,
    long Requeued,
    long SubmitCalls,
    long WaitCalls,
    long Refusals,
    int Waiters);
