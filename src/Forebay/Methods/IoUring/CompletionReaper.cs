using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Methods.IoUring;

/// <summary>
/// Drains rings on behalf of those who await: they have no thread that could help. One thread per process, started by
/// the first await; it sleeps on one eventfd that all rings share. Continuations never run on it.
/// </summary>
/// <remarks>
/// The rings signal only while somebody awaits, and a while longer: switching that off is left to this thread, when it
/// was woken and finds that nobody awaits any more.
/// <code>
///   who begins to await                      this thread, switching off
///     awaiting++        (full fence)           notifying = 0     (full fence)
///     notifying? then that is all              awaiting > 0?  then notifying = 1 again
///     else switch on, under the gate           else tell the rings      (all of this under the gate)
/// </code>
/// Either the one who begins sees that notifying has ended, or this thread sees that somebody awaits.
///
/// A completion that arrives while notifications are on has signalled, so this thread looks at its ring. If it does not
/// get the completer's role then, somebody else has it, and looks once more at the ring after giving the role up
/// (<see cref="AfterExit"/>): what it left is signalled again. One that arrived earlier is found by the look that
/// follows switching on.
/// </remarks>
internal sealed class CompletionReaper : IDisposable
{
    /// <summary>Name of the thread.</summary>
    public const string ThreadName = "forebay-io-reaper";

    // While the kernel refuses entries nobody signals when it will take them.
    private const int RetryMs = 1;

    private readonly IoUringMethod _method;
    private readonly PooledRing[] _rings;
    private readonly EventDescriptor _event;
    private readonly PendingRings _pending;
    private readonly Lock _gate = new();
    private Thread? _thread;
    private int _awaiting;
    private int _notifying;
    private int _stopping;

    /// <summary>A reaper over the rings, which know the event already.</summary>
    public CompletionReaper(
        IoUringMethod method, PooledRing[] rings, PendingRings pending, EventDescriptor @event)
    {
        _pending = pending;
        _method = method;
        _rings = rings;
        _event = @event;
    }

    /// <summary>Whether rings signal now; a hint.</summary>
    public bool IsNotifying => Volatile.Read(ref _notifying) != 0; // behind the caller's full fence where it matters

    /// <summary>Waits that are under way.</summary>
    public int Awaiting => Volatile.Read(ref _awaiting); // a reading for views

    /// <summary>Somebody awaits from here on.</summary>
    public void Begin()
    {
        Interlocked.Increment(ref _awaiting); // full fence: before the look at notifying, see above
        if (!IsNotifying)
            SwitchOn();
    }

    /// <summary>Somebody awaits no longer.</summary>
    public void End() => Interlocked.Decrement(ref _awaiting); // too high for a moment only costs a signal

    /// <summary>
    /// Called by who has just given up a ring's completer's role: what it has left behind is this thread's.
    /// </summary>
    public void AfterExit(PooledRing ring)
    {
        // Both readings come after the full fence of giving up the role; whoever failed to get it before that had set
        // the flag and, if it is this thread, had seen the completions.
        if (IsNotifying && ring.HasCompletions)
            _event.Signal();
    }

    /// <summary>Called by who leaves entries that the kernel does not take: this thread offers them again.</summary>
    public void AfterRefusal()
    {
        if (IsNotifying)
            _event.Signal();
    }

    /// <summary>Ends the thread. Nobody awaits any more.</summary>
    public void Dispose()
    {
        Invariant.Check(Awaiting == 0, "I-73: a ring is closed with operations in it", Awaiting, 0);
        Thread? thread;
        lock (_gate)
            thread = _thread;
        Volatile.Write(ref _stopping, 1); // before the signal, so that the thread finds it when it wakes
        if (thread is not null)
        {
            _event.Signal();
            thread.Join();
        }
    }

    private void SwitchOn()
    {
        lock (_gate)
        {
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = ThreadName };
                _thread.UnsafeStart();
            }

            if (!IsNotifying)
            {
                Volatile.Write(ref _notifying, 1); // before the attempts below: who holds a ring's role then signals
                foreach (PooledRing ring in _rings)
                    ring.EnableNotifications(); // with a full fence each, before the look at the queue below
            }
        }

        foreach (PooledRing ring in _rings)
            _method.TryDrain(ring);
        _method.OfferPending();
        if (_pending.Any)
            _event.Signal(); // the thread begins to offer them again and again
    }

    private void Run()
    {
        while (Volatile.Read(ref _stopping) == 0) // set before the signal that ends the wait
        {
            _ = _event.Wait(_pending.Any ? RetryMs : -1);
            foreach (PooledRing ring in _rings)
                _method.TryDrain(ring);
            _method.OfferPending();
            if (Awaiting == 0)
                SwitchOff();
        }
    }

    private void SwitchOff()
    {
        lock (_gate)
        {
            // Full fence: notifications have ended for everybody who begins after this, before we look who awaits.
            Interlocked.Exchange(ref _notifying, 0);
            if (Awaiting > 0)
            {
                // The rings were not told yet, so what arrived meanwhile has signalled. But who gave up a role in this
                // moment kept silent about what it left: so we go round once more.
                Volatile.Write(ref _notifying, 1);
                _event.Signal();
                return;
            }

            foreach (PooledRing ring in _rings)
                ring.DisableNotifications();
        }
    }
}
