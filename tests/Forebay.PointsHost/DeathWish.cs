using System.Runtime.InteropServices;
using Forebay.Primitives;

namespace Forebay.PointsHost;

/// <summary>Ends this process as if from outside, at a given passing of a given point.</summary>
internal sealed partial class DeathWish
{
    private const int KillSignal = 9;
    private const int StandardOutput = 1;

    private static readonly byte[] s_reached = "reached\n"u8.ToArray();

    private readonly DeathPoint _point;
    private readonly Lock _changing = new();
    private int _left;
    private bool _isArmed;

    /// <summary>Watches all points; passings count once it is armed.</summary>
    /// <param name="point">The point.</param>
    /// <param name="passing">Which passing of it is the last one: 1 = the first.</param>
    public DeathWish(DeathPoint point, int passing)
    {
        (_point, _left) = (point, passing);
        DeathPoints.Watch(Reached);
    }

    /// <summary>From here on passings count.</summary>
    public void Arm() => Volatile.Write(ref _isArmed, true);

    /// <summary>
    /// While a thread is in it, which is changing pages, no other one dies: what it leaves would be half of a change,
    /// for which the instance has to stop, and that is tried where it is meant.
    /// </summary>
    public Lock.Scope EnterChange() => _changing.EnterScope();

    /// <summary>Says so, and dies; by nothing but system calls, in whatever state this thread is.</summary>
    private void Reached(DeathPoint point)
    {
        if (point != _point || !Volatile.Read(ref _isArmed) || !_changing.TryEnter())
            return;
        if (Interlocked.Decrement(ref _left) != 0)
        {
            _changing.Exit();
            return;
        }

        _ = Write(StandardOutput, s_reached, s_reached.Length);
        _ = Kill(Environment.ProcessId, KillSignal);
    }

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, byte[] bytes, nint count);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
