using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// Guards a page's contents: shared, share-exclusive, exclusive. Not tied to a thread: a write that is started under
/// it may be completed, and the lock given back, by any other. A waiting exclusive locker keeps new readers out, so
/// that it is not starved. The waiting itself is the session's (<see cref="BufferSession.Lock"/>): who keeps it out may
/// be an operation that has to be helped along.
/// <code>
/// bits 0..17 sharers   bit 28 being counted   bit 29 an exclusive locker waits
/// bit 30 share-exclusive   bit 31 exclusive
/// </code>
/// </summary>
internal struct ContentLock
{
    private const int OneShare = 1;
    private const int ShareMask = (1 << 18) - 1;
    private const int Frozen = 1 << 28;
    private const int ExclusiveWaits = 1 << 29;
    private const int ShareExclusive = 1 << 30;
    private const int Exclusive = 1 << 31;

    private int _word;

    /// <summary>Whether anybody may be changing the page, or is keeping others from it.</summary>
    public readonly bool IsHeldForWriting => (Volatile.Read(in _word) & (Exclusive | ShareExclusive)) != 0; // a hint

    /// <summary>Whether nobody holds it; a hint to all but those who know that nobody can come.</summary>
    public readonly bool IsFree => (Volatile.Read(in _word) & ~(ExclusiveWaits | Frozen)) == 0; // a hint

    /// <summary>Whether it is being counted.</summary>
    public readonly bool IsFrozen => (Volatile.Read(in _word) & Frozen) != 0; // for who alone freezes

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
            ContentLockMode.Shared => (Exclusive | ExclusiveWaits | Frozen, OneShare, 0),
            ContentLockMode.ShareExclusive => 
                (Exclusive | ShareExclusive | ExclusiveWaits | Frozen, ShareExclusive, 0),
            ContentLockMode.Exclusive => 
                (Exclusive | ShareExclusive | ShareMask | Frozen, Exclusive, ExclusiveWaits),
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

    /// <summary>
    /// After a death: nobody enters until <see cref="TrySettle"/> or <see cref="Thaw"/>. Who is inside may leave.
    /// </summary>
    /// <returns>What to pass to <see cref="TrySettle"/>; taken before the claims of the living are looked at.</returns>
    public int Freeze() =>
        Interlocked.Or(ref _word, Frozen) | Frozen; // full fence: the claims are read after it

    /// <summary>Lets newcomers in again, whatever is held. The caller wakes who waits.</summary>
    public void Thaw() => Interlocked.And(ref _word, ~Frozen); // full fence: before the waiters are counted

    /// <summary>What somebody holds according to a reading of the word.</summary>
    public static (int Sharers, bool ShareExclusive, bool Exclusive) Holders(int word) =>
        (word & ShareMask, (word & ShareExclusive) != 0, (word & Exclusive) != 0);

    /// <summary>
    /// Whether nobody has left since <see cref="Freeze"/>: asked after the claims were looked at, it says that they are
    /// at least what is held.
    /// </summary>
    public readonly bool IsStill(int frozen) => Volatile.Read(in _word) == frozen; // behind the claims' acquires

    /// <summary>
    /// Gives back what no one who lives has, and lets newcomers in again. The caller wakes who waits.
    /// </summary>
    /// <param name="frozen">From <see cref="Freeze"/>.</param>
    /// <param name="sharers">Claims of the living; at least what they hold.</param>
    /// <param name="shareExclusive">Whether one of them claims it share-exclusively.</param>
    /// <param name="exclusive">Whether one of them claims it exclusively.</param>
    /// <returns>False if somebody has left meanwhile: then the claims say nothing, and it stays frozen.</returns>
    public bool TrySettle(int frozen, int sharers, bool shareExclusive, bool exclusive)
    {
        int settled = (frozen & ~(ShareMask | Frozen | ExclusiveWaits)) | Math.Min(frozen & ShareMask, sharers);
        if (!shareExclusive)
            settled &= ~ShareExclusive;
        if (!exclusive)
            settled &= ~Exclusive;

        // Full fence. Nobody can have entered since the word was read: if it is as it was, nobody has left either. The
        // mark of a waiter goes too: he may be dead; who lives is woken, and makes it again.
        return Interlocked.CompareExchange(ref _word, settled, frozen) == frozen;
    }
}
