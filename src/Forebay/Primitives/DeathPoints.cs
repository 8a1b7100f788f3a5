using System.Diagnostics;

namespace Forebay.Primitives;

/// <summary>
/// Where the code says that it has reached a <see cref="DeathPoint"/>. The calls, with their arguments, are compiled
/// only where the constant FOREBAY_POINTS is defined: nothing of them is in the library. A test's process that is
/// compiled with it kills itself at the point of its choice.
/// </summary>
internal static class DeathPoints
{
    private static Action<DeathPoint>? s_reached;

    /// <summary>Says what is to be called; before anything else is done.</summary>
    public static void Watch(Action<DeathPoint> reached) => s_reached = reached;

    /// <summary>The point is reached, in whatever thread.</summary>
    [Conditional("FOREBAY_POINTS")]
    public static void Reach(DeathPoint point) => s_reached?.Invoke(point);

    /// <summary>As <see cref="Reach"/>, if it is what the point means.</summary>
    [Conditional("FOREBAY_POINTS")]
    public static void ReachIf(bool isMeant, DeathPoint point)
    {
        if (isMeant)
            Reach(point);
    }
}
