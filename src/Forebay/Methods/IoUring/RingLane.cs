namespace Forebay.Methods.IoUring;

/// <summary>
/// What <c>IoHandle.Lane</c> says under this method. Zero: not yet with the method. Otherwise positive, and any thread
/// may help:
/// <code>
///   ring + 1               in that ring's submission queue, in the kernel, or in its completion queue
///   Waiting                over budget: in the overflow queue, free to go into any ring
///   Waiting | ring + 1     over budget, and somebody waits for it at that ring: it has to go into that one
/// </code>
/// A waiter that stands at a ring (holds its completion lock, or is in its list) would never hear of an operation that
/// went elsewhere. So it first ties the operation to its ring, and the one who submits respects that.
/// </summary>
internal static class RingLane
{
    /// <summary>In the overflow queue, tied to no ring.</summary>
    public const int Waiting = 1 << 30;

    /// <summary>Ring index of an operation that is tied to none.</summary>
    public const int NoRing = -1;

    /// <summary>In ring <paramref name="ring"/>.</summary>
    public static int In(int ring) => ring + 1;

    /// <summary>In the overflow queue, to go into <paramref name="ring"/>.</summary>
    public static int WaitingFor(int ring) => Waiting | (ring + 1);

    /// <summary>Whether the operation is in the overflow queue, or on its way out of it.</summary>
    public static bool IsWaiting(int lane) => (lane & Waiting) != 0;

    /// <summary>The ring that the operation is in or tied to.</summary>
    public static int Ring(int lane) => (lane & ~Waiting) - 1;
}
