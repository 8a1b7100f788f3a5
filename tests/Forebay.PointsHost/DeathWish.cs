using System.Runtime.InteropServices;
using Forebay.Primitives;
using Forebay.SharingHost;

namespace Forebay.PointsHost;

/// <summary>
/// Ends this process as if from outside, at a given passing of a given point; or has it, or one thread of it, stand
/// still there.
/// </summary>
internal sealed partial class DeathWish
{
    private const int KillSignal = 9;
    private const int StopSignal = 19;
    private const int StandardOutput = 1;

    private static readonly byte[] s_reached = "reached\n"u8.ToArray();

    private readonly DeathPoint _point;
    private readonly Fate _fate;
    private readonly Orders _orders;
    private readonly Lock _changing = new();
    private int _left;
    private bool _isArmed;

    /// <summary>Watches all points; passings count once it is armed.</summary>
    /// <param name="point">The point.</param>
    /// <param name="passing">Which passing of it is the last one: 1 = the first.</param>
    /// <param name="fate">What happens then.</param>
    /// <param name="orders">What lets a held thread go on.</param>
    public DeathWish(DeathPoint point, int passing, Fate fate, Orders orders)
    {
        (_point, _left, _fate, _orders) = (point, passing, fate, orders);
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
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _ = Write(StandardOutput, s_reached, s_reached.Length);
            Meet();
        }

        _changing.Exit();
    }

    private void Meet()
    {
        switch (_fate)
        {
            case Fate.Kill:
                _ = Kill(Environment.ProcessId, KillSignal);
                break;
            case Fate.Stop:
                _ = Raise(StopSignal); // for this very thread, which takes no step any more; and with it all others
                break;
            case Fate.Hold:
                _orders.Take();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(_fate));
        }
    }

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, byte[] bytes, nint count);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);
}
