namespace Forebay.ModelCheck.Checking;

/// <summary>How late the stores of a thread may reach the others.</summary>
public enum MemoryOrder
{
    /// <summary>
    /// Each before the thread's next step. Only plain stores between two of its steps are seen in any order.
    /// </summary>
    Sequential,

    /// <summary>In their order, any time before the thread's next full fence; its reads overtake them (x64).</summary>
    DelayedStores,

    /// <summary>
    /// As before, and plain stores in any order unless a release or a write barrier is in between (stores of arm64).
    /// </summary>
    ReorderedStores,
}
