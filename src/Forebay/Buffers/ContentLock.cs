using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// Guards a page's contents: shared, share-exclusive, exclusive. Not tied to a thread: a write that is started under
/// it may be completed, and the lock given back, by any other. A waiting exclusive locker keeps new readers out, so
/// that it is not starved. The waiting itself is the session's (<see cref="BufferSession.Lock"/>): who keeps it out may
/// be an operation that has to be helped along.
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

    /// <summary>Whether anybody may be changing the page, or is keeping others from it.</summary>
    public readonly bool IsHeldForWriting => (Volatile.Read(in _word) & (Exclusive | ShareExclusive)) != 0; // a hint

    /// <summary>Whether nobody holds it; a hint to all but those who know that nobody can come.</summary>
    public readonly bool IsFree => (Volatile.Read(in _word) & ~ExclusiveWaits) == 0; // a hint

    /// <summary>The strongest way in which it is held, or null; a hint.</summary>
    public readonly ContentLockMode? Strongest
    {
        get
        {
            int seen = Volatile.Read(in _word); // a hint
            if ((seen & Exclusive) != 0)
                return ContentLockMode.Exclusive;
            if ((seen & ShareExclusive) != 0)
                return ContentLockMode.ShareExclusive;
            return (seen & ShareMask) != 0 ? ContentLockMode.Shared : null;
        }
    }

    /// <summary>Takes the lock if that needs no waiting.</summary>
    public bool TryEnter(ContentLockMode mode)
    {
        (int blockers, int added, int cleared) = mode switch
        {
            ContentLockMode.Shared => (Exclusive | ExclusiveWaits, OneShare, 0),
            ContentLockMode.ShareExclusive => (Exclusive | ShareExclusive | ExclusiveWaits, ShareExclusive, 0),
            ContentLockMode.Exclusive => (Exclusive | ShareExclusive | ShareMask, Exclusive, ExclusiveWaits),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
        };
        while (true)
        {
            int seen = Volatile.Read(in _word); // acquire: pairs with the fence of Exit
            if ((seen & blockers) != 0)
                return false;
            Invariant.Check((seen & ShareMask) != ShareMask, "I-47: a content lock has more sharers than it can count");

            // Full fence: reads and writes of the page stay behind the taking.
            if (Interlocked.CompareExchange(ref _word, (seen + added) & ~cleared, seen) == seen)
                return true;
        }
    }

    /// <summary>
    /// Keeps newcomers out from here on. Holds until the next exclusive locker enters, so who still waits after that
    /// says it again; who waits no longer takes it back.
    /// </summary>
    public void AnnounceExclusive() =>
        Interlocked.Or(ref _word, ExclusiveWaits); // full fence: before the waiter looks at the lock once more

    /// <summary>
    /// Lets newcomers in again; the caller wakes all waiters, and those who mean it announce it again.
    /// </summary>
    public void WithdrawExclusive() =>
        Interlocked.And(ref _word, ~ExclusiveWaits); // full fence: before the waiters are counted

    /// <summary>Gives the lock back; any thread. The caller wakes who waits.</summary>
    public void Exit(ContentLockMode mode)
    {
        int before;
        switch (mode)
        {
            case ContentLockMode.Shared:
                before = Interlocked.Add(ref _word, -OneShare) + OneShare; // full fence: reading comes before
                Invariant.Check((before & ShareMask) != 0, "I-34: a content lock was given back that was not held");
                break;
            case ContentLockMode.ShareExclusive:
                before = Interlocked.And(ref _word, ~ShareExclusive); // full fence: reading of the page comes before
                Invariant.Check((before & ShareExclusive) != 0,
                    "I-34: a content lock was given back that was not held");
                break;
            case ContentLockMode.Exclusive:
                before = Interlocked.And(ref _word, ~Exclusive); // full fence: changes of the page come before
                Invariant.Check((before & Exclusive) != 0, "I-34: a content lock was given back that was not held");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(mode), mode, null);
        }
    }
}
