using System.Runtime.CompilerServices;

namespace Forebay.Buffers;

/// <summary>Locking the contents of pinned pages.</summary>
internal sealed partial class BufferSession
{
    private readonly HeldLocks _locks = new();

    /// <summary>Content locks held.</summary>
    public HeldLocks Locks => _locks;

    /// <summary>Locks a page's contents; waits if need be, after having submitted what is staged.</summary>
    /// <returns>Number of the lock.</returns>
    /// <exception cref="InvalidOperationException">
    /// The page is not pinned; or this session holds a lock on it that would never let it in.
    /// </exception>
    public int Lock(BufferPin pin, ContentLockMode mode)
    {
        CheckLockable(pin);
        if (!Pool.Descriptors.TryEnterContent(pin.Frame, mode, Claims))
        {
            CheckNotAgainstItself(pin.Frame);
            WaitForPage(pin.Frame, mode);
        }

        return _locks.Add(pin, mode);
    }

    /// <summary>
    /// As <see cref="Lock"/> without blocking the thread. Cancelling ends the waiting, and nothing is locked.
    /// </summary>
    public ValueTask<int> LockAsync(BufferPin pin, ContentLockMode mode, CancellationToken cancellationToken)
    {
        CheckLockable(pin);
        if (Pool.Descriptors.TryEnterContent(pin.Frame, mode, Claims))
            return new ValueTask<int>(_locks.Add(pin, mode));
        CheckNotAgainstItself(pin.Frame);
        return LockSlowAsync(pin, mode, cancellationToken);
    }

    /// <summary>Locks a page's contents if that needs no waiting.</summary>
    public bool TryLock(BufferPin pin, ContentLockMode mode) => TryLock(pin, mode, out _);

    /// <summary>Locks a page's contents if that needs no waiting.</summary>
    public bool TryLock(BufferPin pin, ContentLockMode mode, out int number)
    {
        CheckLockable(pin);
        bool entered = Pool.Descriptors.TryEnterContent(pin.Frame, mode, Claims);
        number = entered ? _locks.Add(pin, mode) : 0;
        return entered;
    }

    /// <summary>Gives back the content lock that was taken last through the pin in this mode.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public void Unlock(BufferPin pin, ContentLockMode mode)
    {
        if (!_locks.TryRemove(pin, mode))
            throw new InvalidOperationException("The page is not locked by this session.");
        Pool.Descriptors.ExitContent(pin.Frame, mode, Claims);
    }

    /// <summary>Gives a content lock back if it is held.</summary>
    public bool TryUnlock(int number)
    {
        if (!_locks.TryRemove(number, out BufferPin pin, out ContentLockMode mode))
            return false;
        Pool.Descriptors.ExitContent(pin.Frame, mode, Claims);
        return true;
    }

    /// <summary>Gives every content lock back that is still held; for the end of a piece of work.</summary>
    /// <returns>How many there were.</returns>
    public int UnlockAll()
    {
        int count = 0;
        for (int number = _locks.Any; number != 0; number = _locks.Any, count++)
            TryUnlock(number);
        return count;
    }

    /// <summary>Locks a page exclusively when nobody else has it pinned; waits for both.</summary>
    /// <returns>Number of the lock.</returns>
    /// <exception cref="InvalidOperationException">
    /// This session has the page pinned more than once, or another one waits for the same.
    /// </exception>
    public int LockForCleanup(BufferPin pin)
    {
        CheckAlonePossible(pin);
        while (true)
        {
            int number = Lock(pin, ContentLockMode.Exclusive);
            if (IsAlone(pin.Frame))
                return number;
            AnnouncePinWaiter(pin.Frame, number);
            try
            {
                // Look again: pins go down without the lock, and the last one may have gone just now.
                if (IsAlone(pin.Frame))
                    return number;
                TryUnlock(number);
                WaitForPage(pin.Frame, null);
            }
            finally
            {
                WithdrawPinWaiter(pin.Frame);
            }
        }
    }

    /// <summary>As <see cref="LockForCleanup"/> without blocking the thread.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> LockForCleanupAsync(BufferPin pin, CancellationToken cancellationToken)
    {
        CheckAlonePossible(pin);
        while (true)
        {
            int number = await LockAsync(pin, ContentLockMode.Exclusive, cancellationToken).ConfigureAwait(false);
            if (IsAlone(pin.Frame))
                return number;
            AnnouncePinWaiter(pin.Frame, number);
            try
            {
                if (IsAlone(pin.Frame)) // as above
                    return number;
                TryUnlock(number);
                await WaitForPageAsync(pin.Frame, null, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                WithdrawPinWaiter(pin.Frame);
            }
        }
    }

    /// <summary>Locks a page exclusively if nobody else has it pinned or locked.</summary>
    public bool TryLockForCleanup(BufferPin pin, out int number)
    {
        if (!TryLock(pin, ContentLockMode.Exclusive, out number))
            return false;
        if (IsAlone(pin.Frame))
            return true;
        TryUnlock(number);
        number = 0;
        return false;
    }

    private bool IsAlone(int frame) => Pool.Descriptor(frame).Word.Pins == 1;

    private void AnnouncePinWaiter(int frame, int number)
    {
        Claims.Reach(frame);
        Claims.Add(frame, ClaimKind.Alone);
        bool isFirst = !Pool.Descriptor(frame).Change(BufferWord.PinWaiter).Has(BufferWord.PinWaiter);
        if (!isFirst)
            Claims.Remove(frame, ClaimKind.Alone);
        Claims.Settle();
        if (isFirst)
            return;
        TryUnlock(number);
        throw new InvalidOperationException("Another session already waits to be alone with this page.");
    }

    private void WithdrawPinWaiter(int frame)
    {
        Claims.Reach(frame);
        Pool.Descriptor(frame).Change(0, BufferWord.PinWaiter);
        Claims.Remove(frame, ClaimKind.Alone);
        Claims.Settle();
    }

    private void CheckLockable(BufferPin pin)
    {
        CheckHeld(pin);
        if (IsShared)
            Stop.Check();
        if (_locks.Count == HeldLocks.Max)
            throw new InvalidOperationException($"A session holds at most {HeldLocks.Max} content locks.");
    }

    private void CheckNotAgainstItself(int frame)
    {
        if (_locks.HasLockOn(frame, forWriting: false))
            throw new InvalidOperationException("This session holds a lock on the page and would wait for itself.");
    }

    private void CheckAlonePossible(BufferPin pin)
    {
        CheckHeld(pin);
        if (!IsAlone(pin.Frame) && Ledger.CountOf(pin.Frame) > 1)
            throw new InvalidOperationException("This session has the page pinned more than once.");
    }

    private void CheckUnlocked(BufferPin pin)
    {
        if (_locks.HasLockOf(pin))
            throw new InvalidOperationException("The page is still locked: give the lock back before the page.");
    }
}
