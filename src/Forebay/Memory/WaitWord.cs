using Forebay.Interop;

namespace Forebay.Memory;

/// <summary>
/// Lets threads sleep until some other word, of any width, may have changed. The two words live beside that state;
/// the state itself never carries "somebody waits", so a waiter can never make a transition fail.
/// <code>
/// waiter                                   mover
///   Register: waiters++ (full fence)         move the state (full fence)
///   re-read the state; done? Unregister      any waiters? signal++, wake all
///   Sleep on signal as it was before
/// </code>
/// Either the mover sees the waiter, or the waiter's re-read sees the move: both sides fence between their write and
/// their read.
/// </summary>
internal struct WaitWord
{
    private int _waiters;
    private int _signal;

    /// <summary>Registered waiters, awaiting ones included; a hint to all but movers that have just fenced.</summary>
    public readonly int Waiters => Volatile.Read(in _waiters); // ordered behind the mover's full fence

    /// <summary>Announces a waiter. The caller re-reads the state before it sleeps.</summary>
    /// <returns>What to pass to <see cref="Sleep(int)"/>.</returns>
    public int Register()
    {
        Interlocked.Increment(ref _waiters); // full fence: the caller's re-read of the state stays behind it
        return Volatile.Read(in _signal); // taken before that re-read, so a later signal makes Sleep return at once
    }

    /// <summary>Withdraws the announcement; exactly once per <see cref="Register"/>.</summary>
    public void Unregister()
    {
        while (true)
        {
            // Behind Forget nobody is registered, whoever thinks so: it never falls below zero.
            int seen = Volatile.Read(in _waiters); // the exchange below checks that it still holds
            if (seen == 0 || Interlocked.CompareExchange(ref _waiters, seen - 1, seen) == seen)
                return; // atomic: movers stop paying for the wake-up call
        }
    }

    /// <summary>
    /// After a death: those who were registered are not any more, as a dead one may be among them, for whom movers
    /// would pay for ever. The living are woken and register again. One of them may be struck out by another who gives
    /// back a registration of before: where processes share the word all waits look again after a while.
    /// </summary>
    public void Forget()
    {
        if (Waiters == 0)
            return;
        Interlocked.Exchange(ref _waiters, 0); // full fence: before the wake-up, so that who registers again counts
        Interlocked.Increment(ref _signal); // as in Signal
        Futex.WakeAll(ref _signal);
    }

    /// <summary>Sleeps until a signal after <paramref name="ticket"/>; may return early.</summary>
    public void Sleep(int ticket) => Futex.Wait(ref _signal, ticket);

    /// <summary>As <see cref="Sleep(int)"/>, for a limited time.</summary>
    /// <param name="ticket">From <see cref="Register"/>.</param>
    /// <param name="timeMs">Longest sleep in milliseconds; negative = no limit.</param>
    public void Sleep(int ticket, int timeMs) => Futex.Wait(ref _signal, ticket, timeMs);

    /// <summary>Called right after the state was moved with a full fence.</summary>
    /// <returns>Whether anybody was registered.</returns>
    public bool Signal()
    {
        if (Waiters == 0)
            return false;
        Interlocked.Increment(ref _signal); // before the wake-up: who is about to sleep sees another value
        Futex.WakeAll(ref _signal);
        return true;
    }
}
