using System.Runtime.CompilerServices;
using Forebay.Engine;
using Forebay.Memory;
using Forebay.Primitives;
using Forebay.Processes;

namespace Forebay.Buffers;

/// <summary>
/// The descriptors of a pool, and those of this process who wait at one of them. Every move that a waiter may have
/// waited for goes through here, so that sleeping threads and awaiting flows are both woken.
/// </summary>
internal sealed class BufferDescriptors
{
    // Awaiting flows of frames that share a number are woken together and look again.
    private const int WaiterNumbersMax = 1024;

    private readonly SegmentArray<BufferDescriptor> _records;
    private readonly AsyncWaiters _waiters;
    private readonly int _waiterNumbers;

    /// <summary>The descriptors in a region of a segment.</summary>
    /// <param name="records">The descriptors.</param>
    /// <param name="sharers">Processes that move them as well; null = there are none.</param>
    public BufferDescriptors(SegmentArray<BufferDescriptor> records, ProcessTable? sharers = null)
    {
        _records = records;
        _waiterNumbers = Math.Min(records.Length, WaiterNumbersMax);
        _waiters = new AsyncWaiters(_waiterNumbers, sharers);
    }

    /// <summary>Those of this process who await at a frame.</summary>
    public AsyncWaiters Waiters => _waiters;

    /// <summary>Number of frames.</summary>
    public int Length => _records.Length;

    /// <summary>A frame's descriptor.</summary>
    public ref BufferDescriptor this[int frame]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _records[frame];
    }

    /// <summary>Announces that a frame will be looked at soon.</summary>
    public void Prefetch(int frame) => _records.Prefetch(frame);

    /// <summary>Pins the frame if it (still) holds the page; the pin is claimed.</summary>
    public bool TryPin(int frame, in BufferTag tag, bool seldom, FrameClaims claims, out BufferWord word)
    {
        SpinWait spinner = default;
        while (true)
        {
            word = _records[frame].Word;
            if (!word.Has(BufferWord.TagValid) || _records[frame].Tag != tag)
                return false; // a look before the claim is written; it is looked at again behind it
            if (word.Has(BufferWord.Frozen))
            {
                spinner.SpinOnce(); // a count over the ledgers; sleeps by and by, since who counts may be stopped
                continue;
            }

            claims.Reach(frame);
            DeathPoints.Reach(DeathPoint.PinReached);
            BufferPinning result = _records[frame].TryPin(tag, seldom, out word);
            if (result == BufferPinning.Pinned)
            {
                DeathPoints.Reach(DeathPoint.PinTaken);
                claims.NotePin(frame);
                return true;
            }

            if (result == BufferPinning.OtherPage)
                Unpin(frame);
            claims.Settle();
            if (result != BufferPinning.Frozen)
                return false;
        }
    }

    /// <summary>Pins a frame that nobody uses or has come to like, whatever it holds; the pin is claimed.</summary>
    public bool TryPinUnused(int frame, FrameClaims claims)
    {
        BufferWord word = _records[frame].Word;
        return word is { Pins: 0, InProgress: 0, Usage: 0 } && !word.Has(BufferWord.Dirty)
            && TryTake(frame, word, claims);
    }

    /// <summary>Pins a frame that has no pin, if its word is still as seen; the pin is claimed.</summary>
    public bool TryTake(int frame, BufferWord seen, FrameClaims claims)
    {
        if (seen.Has(BufferWord.Frozen))
            return false;
        claims.Reach(frame);
        DeathPoints.Reach(DeathPoint.VictimReached);
        if (_records[frame].TryMove(seen, seen.Raw + BufferWord.OnePin))
        {
            DeathPoints.Reach(DeathPoint.VictimPinned);
            claims.NotePin(frame);
            return true;
        }

        claims.Settle();
        return false;
    }

    /// <summary>Gives a claimed pin back.</summary>
    public void Let(int frame, FrameClaims claims)
    {
        claims.Reach(frame);
        Unpin(frame);
        DeathPoints.Reach(DeathPoint.PinLet);
        claims.Remove(frame, ClaimKind.Pin);
        claims.Settle();
    }

    /// <summary>Takes a content lock if that needs no waiting; it is claimed.</summary>
    public bool TryEnterContent(int frame, ContentLockMode mode, FrameClaims claims)
    {
        claims.Reach(frame);
        claims.Add(frame, FrameClaims.Of(mode));
        DeathPoints.Reach(DeathPoint.LockClaimedShared + (int)mode);
        bool isEntered = _records[frame].Content.TryEnter(mode);
        DeathPoints.ReachIf(isEntered, DeathPoint.LockedShared + (int)mode);
        if (!isEntered)
            claims.Remove(frame, FrameClaims.Of(mode));
        claims.Settle();
        return isEntered;
    }

    /// <summary>Gives a claimed content lock back.</summary>
    public void ExitContent(int frame, ContentLockMode mode, FrameClaims claims)
    {
        claims.Reach(frame);
        DeathPoints.ReachIf(mode == ContentLockMode.Exclusive, DeathPoint.LeavingExclusive);
        ExitContent(frame, mode);
        DeathPoints.Reach(DeathPoint.UnlockedShared + (int)mode);
        claims.Remove(frame, FrameClaims.Of(mode));
        claims.Settle();
    }

    /// <summary>Gives a pin back; the frame may be evicted from here on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Unpin(int frame)
    {
        if (_records[frame].Unpin())
            Signal(frame);
    }

    /// <summary>Claims the page for being read by the handle.</summary>
    /// <returns>What was found; the word tells whom to wait for.</returns>
    public BufferClaim TryClaimRead(int frame, int handle, out BufferWord word)
    {
        BufferClaim claim = _records[frame].TryClaimRead(handle, out word);
        if (claim == BufferClaim.Claimed)
            Signal(frame); // who waits for the page may have to help that operation along
        return claim;
    }

    /// <summary>
    /// Claims the page for being written by the handle. The caller holds the content share-exclusively.
    /// </summary>
    /// <returns>What was found; the word tells whom to wait for.</returns>
    public BufferClaim TryClaimWrite(int frame, int handle, out BufferWord word)
    {
        BufferClaim claim = _records[frame].TryClaimWrite(handle, out word);
        if (claim == BufferClaim.Claimed)
            Signal(frame); // as above
        return claim;
    }

    /// <summary>Ends the I/O in progress, with the pin that it held itself if <paramref name="dropPin"/>.</summary>
    public void EndIo(int frame, int handle, long set, long clear, bool dropPin)
    {
        if (_records[frame].EndIo(handle, set, clear, dropPin))
            Signal(frame);
    }

    /// <summary>Gives a content lock back that no session claims: an operation's. Any thread.</summary>
    public void ExitContent(int frame, ContentLockMode mode)
    {
        _records[frame].Content.Exit(mode);
        Signal(frame);
    }

    /// <summary>An exclusive locker waits no longer: those whom it kept out look again.</summary>
    public void WithdrawExclusive(int frame)
    {
        _records[frame].Content.WithdrawExclusive();
        Signal(frame);
    }

    /// <summary>
    /// The operation that is in progress on the page, if there is one: what a waiter waits for. The handle's generation
    /// is read between two readings of the page's word: if the word has not changed, the page was in that handle's
    /// hands meanwhile, so this is the generation of its I/O. If the same handle came back in between, it may be the
    /// older one: then waiting ends at once, and the caller looks again.
    /// </summary>
    public bool TryGetOperation(IoEngine engine, int frame, out Handles.IoWaitReference operation)
    {
        ref BufferDescriptor descriptor = ref _records[frame];
        while (true)
        {
            int inProgress = descriptor.Word.InProgress;
            operation = inProgress == 0 ? default : engine.Reference(inProgress - 1);
            if (descriptor.Word.InProgress == inProgress)
                return inProgress != 0;
        }
    }

    /// <summary>
    /// Adds an armed waiter. The caller registers in the frame's wait word and looks again after that.
    /// </summary>
    public void Add(int frame, AsyncWaiter waiter) => _waiters.Add(frame % _waiterNumbers, waiter);

    /// <summary>Takes a waiter out again; nobody resumes it on this frame's account any more.</summary>
    public void Remove(int frame, AsyncWaiter waiter) => _waiters.Remove(frame % _waiterNumbers, waiter);

    /// <summary>Wakes who waits at the frame; called right after a move with a full fence.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Signal(int frame)
    {
        if (_records[frame].Wait.Signal())
            _waiters.WakeEverywhere(frame % _waiterNumbers);
    }
}
