namespace Forebay.Methods.IoUring;

/// <summary>
/// A thread's place in the list of waiters of one ring. One per thread, made at its first such wait and kept: a thread
/// waits in one place at a time, since nothing that runs inside a wait may wait.
/// </summary>
internal sealed class RingWaiter
{
    // Only ever touched by its own thread.
    [ThreadStatic]
    private static RingWaiter? s_mine;

    /// <summary>The calling thread's.</summary>
    public static RingWaiter Mine => s_mine ??= new RingWaiter();

    /// <summary>The operation that the thread waits for, and on whose wait word it sleeps.</summary>
    public int Handle { get; set; }

    /// <summary>Whether it is in a list. It and the links belong to the list, under its lock.</summary>
    public bool IsListed { get; set; }

    /// <summary>Who came after it.</summary>
    public RingWaiter? Next { get; set; }

    /// <summary>Who came before it.</summary>
    public RingWaiter? Previous { get; set; }
}
