using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// Guards a page's contents: shared, share-exclusive, exclusive. Not tied to a thread: a write that is started under
/// it may be completed, and the lock given back, by any other. A waiting exclusive locker keeps new readers out, so
/// that it is not starved.
/// <code>
/// bits 0..17 sharers    bit 29 an exclusive locker waits    bit 30 share-exclusive    bit 31 exclusive
/// </code>
/// </summary>
internal struct ContentLock
{
    private const int OneShare = 1;
    private const int ShareMask = (1 << 18) - 1;
    private const int ExclusiveWaits = 1 << 29;
    private const int ShareExclusive = 1 << 30;
    private const int Exclusive = 1 << 31;

    private int _word;
    private WaitWord _wait;

    /// <summary>Whether anybody may be changing the page, or is keeping others from it.</summary>
    public readonly bool IsHeldForWriting => (Volatile.Read(in _word) & (Exclusive | ShareExclusive)) != 0; // a hint

    /// <summary>Takes the lock if that needs no waiting.</summary>
    public bool TryEnter(ContentLockMode mode)
    {
        while (true)
        {
            int seen = Volatile.Read(in _word); // acquire: pairs with the fence of Exit
            int blockers = mode switch
            {
                ContentLockMode.Shared => Exclusive | ExclusiveWaits,
                ContentLockMode.ShareExclusive => Exclusive | ShareExclusive | ExclusiveWaits,
                ContentLockMode.Exclusive => Exclusive | ShareExclusive | ShareMask,
                _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
            };
            if ((seen & blockers) != 0)
                return false;
            int next = mode switch
            {
                ContentLockMode.Shared => seen + OneShare,
                ContentLockMode.ShareExclusive => seen | ShareExclusive,
                ContentLockMode.Exclusive => (seen | Exclusive) & ~ExclusiveWaits,
                _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
            };

            // Full fence: reads and writes of the page stay behind the taking.
            if (Interlocked.CompareExchange(ref _word, next, seen) == seen)
                return true;
        }
    }

    /// <summary>Takes the lock, sleeping as long as it takes. The caller has submitted what it had staged.</summary>
    public void Enter(ContentLockMode mode)
    {
        while (!TryEnter(mode))
        {
            if (mode == ContentLockMode.Exclusive)
                Interlocked.Or(ref _word, ExclusiveWaits); // new sharers stay out from here on
            int ticket = _wait.Register();
            if (TryEnter(mode)) // the holder may have left before we were registered, and then signalled nobody
            {
                _wait.Unregister();
                return;
            }

            _wait.Sleep(ticket);
            _wait.Unregister();
        }
    }

    /// <summary>Gives the lock back; any thread.</summary>
    public void Exit(ContentLockMode mode)
    {
        int after;
        switch (mode)
        {
            case ContentLockMode.Shared:
                after = Interlocked.Add(ref _word, -OneShare); // full fence: reading of the page comes before
                Invariant.Check((after & ShareMask) != ShareMask,
                    "I-34: a content lock was given back that was not held");
                break;
            case ContentLockMode.ShareExclusive:
                after = Interlocked.And(ref _word, ~ShareExclusive); // full fence: reading of the page comes before
                Invariant.Check((after & ShareExclusive) != 0, "I-34: a content lock was given back that was not held");
                break;
            case ContentLockMode.Exclusive:
                after = Interlocked.And(ref _word, ~Exclusive); // full fence: changes of the page come before
                Invariant.Check((after & Exclusive) != 0, "I-34: a content lock was given back that was not held");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(mode), mode, null);
        }

        _wait.Signal();
    }
}
