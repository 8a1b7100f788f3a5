using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Memory;

/// <summary>
/// A mutual-exclusion lock of one 32-bit word that may lie in shared memory. Zero = free. The word names the holder's
/// process slot (plus one) in the same atomic step that takes it, so that a lock whose process died can be given back.
/// Spins a bounded number of times (the holder may be paused), then sleeps in the kernel.
/// Not re-entrant. Never held across I/O or across a wait for something else.
/// </summary>
internal struct FutexLock
{
    private const int Contended = int.MinValue;

    private int _word;

    /// <summary>Whether somebody holds it; a hint, except to the holder.</summary>
    public readonly bool IsHeld => Volatile.Read(in _word) != 0; // acquire: what the holder wrote before is visible

    /// <summary>Whether a thread of a process holds it; a hint.</summary>
    public readonly bool IsHeldBy(int processSlot) =>
        (Volatile.Read(in _word) & ~Contended) == processSlot + 1; // acquire: no more than a hint

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="processSlot">The caller's process slot.</param>
    public bool TryEnter(int processSlot = 0) =>
        // Full fence: reads and writes of the guarded state stay behind the taking.
        Volatile.Read(in _word) == 0 && Interlocked.CompareExchange(ref _word, processSlot + 1, 0) == 0;

    /// <summary>Takes the lock, waiting for as long as it takes.</summary>
    /// <param name="processSlot">The caller's process slot.</param>
    public void Enter(int processSlot = 0)
    {
        if (!TryEnter(processSlot))
            EnterContended(processSlot);
    }

    /// <summary>Takes the lock if it comes free while this thread spins: for who must not wait for a dead holder.
    /// </summary>
    /// <param name="processSlot">The caller's process slot.</param>
    public bool TryEnterSoon(int processSlot)
    {
        SpinWait spinner = default;
        for (int spin = 0; spin < 10 * LockSpins.Max; spin++)
        {
            if (TryEnter(processSlot))
                return true;
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        return false;
    }

    /// <summary>Gives the lock back and wakes one sleeper if there may be one.</summary>
    public void Exit()
    {
        // Full fence: the guarded writes are visible before the word is free.
        int before = Interlocked.Exchange(ref _word, 0);
        Invariant.Check(before != 0, "I-01: a lock that nobody holds was given back");
        if (before < 0)
            Futex.Wake(ref _word, 1);
    }

    /// <summary>
    /// After a process has died: takes the lock over if one of its threads held it, so that what it guards can be
    /// repaired before <see cref="Exit"/> gives it back. In any case those who sleep look again: the dead process may
    /// have had the one wake-up that was meant for all of them.
    /// </summary>
    /// <param name="deadSlot">Slot of a process that surely takes no step any more.</param>
    /// <param name="processSlot">The caller's process slot.</param>
    /// <returns>Whether the caller holds the lock now.</returns>
    public bool TryTakeOver(int deadSlot, int processSlot)
    {
        while (true)
        {
            int seen = Volatile.Read(in _word); // acquire: what the dead one wrote under the lock is visible
            if ((seen & ~Contended) != deadSlot + 1)
                break;

            // Full fence: the repair stays behind it. Marked as contended, so that Exit wakes a sleeper.
            if (Interlocked.CompareExchange(ref _word, (processSlot + 1) | Contended, seen) == seen)
                return true;
        }

        Futex.WakeAll(ref _word);
        return false;
    }

    /// <summary>
    /// Takes the lock if it comes free within a time: for who has something to look after while he waits.
    /// </summary>
    /// <param name="processSlot">The caller's process slot.</param>
    /// <param name="timeMs">About how long to sleep, in milliseconds.</param>
    public bool TryEnterFor(int processSlot, int timeMs) =>
        TryEnter(processSlot) || TryEnterContended(processSlot, timeMs);

    private void EnterContended(int processSlot)
    {
        while (!TryEnterContended(processSlot, -1))
        {
        }
    }

    private bool TryEnterContended(int processSlot, int timeMs)
    {
        SpinWait spinner = default;
        for (int spin = 0; spin < LockSpins.Max; spin++)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
            if (TryEnter(processSlot))
                return true;
        }

        while (true)
        {
            int seen = Volatile.Read(in _word); // acquire: pairs with the exchange in Exit
            if (seen == 0)
            {
                // Taken as contended: we cannot know whether others still sleep, so our Exit wakes one to look.
                if (Interlocked.CompareExchange(ref _word, (processSlot + 1) | Contended, 0) == 0)
                    return true;
                continue;
            }

            // Announce the sleeper in the word itself, so that Exit cannot miss it; then sleep on exactly that value.
            // Who gives up leaves the announcement behind: it costs the holder one wake-up of nobody.
            int announced = seen | Contended;
            if ((seen == announced || Interlocked.CompareExchange(ref _word, announced, seen) == seen)
                && Futex.Wait(ref _word, announced, timeMs) == -(int)Errno.TimedOut)
                return false;
        }
    }
}
