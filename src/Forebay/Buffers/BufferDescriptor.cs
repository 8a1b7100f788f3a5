using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// What the pool knows of one frame, in one cache line. The state word is moved by compare-and-swap only. The tag is
/// written by the one who has made the frame his (one pin, no valid tag) and is stable while anybody has it pinned.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct BufferDescriptor
{
    private long _word;

    /// <summary>The page; meaningful while TagValid.</summary>
    public BufferTag Tag;

    /// <summary>
    /// How often the tag was written; moves between the steps that clear and set TagValid, so that who copies the tag
    /// without a pin can tell that it has stayed the same.
    /// </summary>
    public uint TagVersion;

    /// <summary>Next frame in the mapping's bucket, index plus one; guarded by the bucket's partition lock.</summary>
    public int MappingNext;

    /// <summary>Guards the page's contents.</summary>
    public ContentLock Content;

    /// <summary>
    /// For those who wait for the content lock, or until the pin count falls to one. Signalled when a lock is given
    /// back, when the last pin but the waiter's goes, and when an operation claims the page: it may have to be helped.
    /// </summary>
    public WaitWord Wait;

    /// <summary>The state; tag and contents written before it are visible.</summary>
    public readonly BufferWord Word => new(Volatile.Read(in _word)); // acquire: pairs with the CAS of each mover

    /// <summary>Moves the word if it is still as seen.</summary>
    public bool TryMove(BufferWord seen, long next) =>
        // Full fence: what the mover wrote (tag, contents) is visible with the new word, and what he reads next is
        // newer.
        Interlocked.CompareExchange(ref _word, next, seen.Raw) == seen.Raw;

    /// <summary>Pins the frame if it (still) holds the page.</summary>
    /// <param name="tag">The page.</param>
    /// <param name="seldom">The pinner uses a ring: the usage count is raised to at most one.</param>
    /// <param name="word">The state after pinning.</param>
    public BufferPinning TryPin(in BufferTag tag, bool seldom, out BufferWord word)
    {
        word = Word;
        while (word.Has(BufferWord.TagValid) && Tag == tag)
        {
            if (word.Has(BufferWord.Frozen))
                return BufferPinning.Frozen;
            Invariant.Check((word.Raw & BufferWord.PinMask) != BufferWord.PinMask, "I-30: a pin count overflowed");
            long next = word.Raw + BufferWord.OnePin;
            if (word.Usage < (seldom ? 1 : BufferWord.UsageMax))
                next += BufferWord.OneUse;
            if (TryMove(word, next))
            {
                word = new BufferWord(next);

                // The comparison above may have read a tag being replaced; with the pin it is stable, so look again.
                return Tag == tag ? BufferPinning.Pinned : BufferPinning.OtherPage;
            }

            word = Word;
        }

        return BufferPinning.NotThere;
    }

    /// <summary>
    /// As <see cref="TryPin"/> for a page whose contents are there, and in one attempt only: without a loop the whole
    /// of a hit stays in registers. Written in plain words, as is <see cref="Unpin"/>: each small call that the
    /// compiler has to put in line counts against what it puts in line of a hit.
    /// </summary>
    /// <returns>NotThere also if anybody else moved the word at this moment.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BufferPinning TryPinValid(in BufferTag tag, bool seldom)
    {
        const long Present = BufferWord.TagValid | BufferWord.Valid;
        long word = Volatile.Read(in _word); // acquire: as Word
        if ((word & (Present | BufferWord.Frozen)) != Present)
            return BufferPinning.NotThere;
        if ((word & BufferWord.PinMask) == BufferWord.PinMask)
            Invariant.Fail("I-30: a pin count overflowed");
        long next = word + BufferWord.OnePin;
        if ((word & BufferWord.UseMask) < (seldom ? 1 : BufferWord.UsageMax) * BufferWord.OneUse)
            next += BufferWord.OneUse;
        if (Interlocked.CompareExchange(ref _word, next, word) != word) // full fence: as TryMove
            return BufferPinning.NotThere;
        return Tag == tag ? BufferPinning.Pinned : BufferPinning.OtherPage; // as in TryPin
    }

    /// <summary>Adds a pin to a frame that the caller has pinned already.</summary>
    public void PinAgain()
    {
        long after = Interlocked.Add(ref _word, BufferWord.OnePin); // atomic: other parties move flags meanwhile
        Invariant.Check((after & BufferWord.PinMask) > 1, "I-31: a frame without a pin was pinned again");
    }

    /// <summary>Gives a pin back; the frame may be evicted from here on.</summary>
    /// <returns>Whether somebody waits for just this: the caller wakes him.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Unpin()
    {
        // Full fence: all reading and writing of the page under this pin comes before it is gone.
        long after = Interlocked.Add(ref _word, -BufferWord.OnePin);
        if ((after & BufferWord.PinMask) == BufferWord.PinMask)
            Invariant.Fail("I-31: a frame without a pin was unpinned");
        return (after & (BufferWord.PinWaiter | BufferWord.PinMask)) == (BufferWord.PinWaiter | BufferWord.OnePin);
    }

    /// <summary>Sets or clears flags, whatever else changes meanwhile.</summary>
    /// <returns>The word before.</returns>
    public BufferWord Change(long set, long clear = 0)
    {
        while (true)
        {
            BufferWord word = Word;
            if (TryMove(word, (word.Raw & ~clear) | set))
                return word;
        }
    }

    /// <summary>Claims the page for being read by the handle.</summary>
    /// <returns>What was found; the word tells whom to wait for.</returns>
    public BufferClaim TryClaimRead(int handle, out BufferWord word)
    {
        while (true)
        {
            word = Word;
            Invariant.Check(word.Pins > 0, "I-32: I/O on a frame that nobody has pinned");
            if (word.Has(BufferWord.Valid))
                return BufferClaim.AlreadyDone; // perhaps being written: that is no business of a reader
            if (word.InProgress != 0)
                return BufferClaim.InProgress;
            if (TryMove(word, word.WithInProgress(handle)))
                return BufferClaim.Claimed;
        }
    }

    /// <summary>
    /// Claims the page for being written by the handle. The caller holds the content share-exclusively.
    /// </summary>
    /// <returns>What was found; the word tells whom to wait for.</returns>
    public BufferClaim TryClaimWrite(int handle, out BufferWord word)
    {
        while (true)
        {
            word = Word;
            Invariant.Check(word.Pins > 0, "I-32: I/O on a frame that nobody has pinned");
            if (word.InProgress != 0)
                return BufferClaim.InProgress;
            if (!word.Has(BufferWord.Dirty | BufferWord.Valid))
                return BufferClaim.AlreadyDone;
            if (TryMove(word, word.WithInProgress(handle)))
                return BufferClaim.Claimed;
        }
    }

    /// <summary>Ends the I/O in progress, with the pin that it held itself if <paramref name="dropPin"/>.</summary>
    /// <returns>Whether somebody waits for that pin to go: the caller wakes him.</returns>
    public bool EndIo(int handle, long set, long clear, bool dropPin)
    {
        while (true)
        {
            BufferWord word = Word;
            Invariant.Check(word.InProgress == handle + 1, "I-33: an I/O ended on a page that it did not own",
                word.InProgress, handle + 1);
            long next = (word.WithoutInProgress() & ~clear) | set;
            if (TryMove(word, next - (dropPin ? BufferWord.OnePin : 0)))
                return dropPin && word.Has(BufferWord.PinWaiter) && word.Pins == 2;
        }
    }

    /// <summary>After a death: nobody pins the frame who has it not pinned already, until it thaws.</summary>
    /// <returns>The word; taken before the claims of the living are looked at.</returns>
    public BufferWord Freeze() => new(Change(BufferWord.Frozen).Raw | BufferWord.Frozen);

    /// <summary>Lets new pins in again.</summary>
    public void Thaw() => Change(0, BufferWord.Frozen);

    /// <summary>Drops the pins that no one who lives has, and lets new ones in again.</summary>
    /// <param name="frozen">From <see cref="Freeze"/>.</param>
    /// <param name="pins">What the living claim; at least what they have.</param>
    /// <param name="hasPinWaiter">Whether one of them waits to be alone with the page.</param>
    /// <returns>False if anything has moved meanwhile: then the claims say nothing, and it stays frozen.</returns>
    public bool TrySettle(BufferWord frozen, int pins, bool hasPinWaiter)
    {
        long kept = Math.Min(frozen.Pins, pins);
        long dropped = BufferWord.PinMask | BufferWord.Frozen | (hasPinWaiter ? 0 : BufferWord.PinWaiter);
        return TryMove(frozen, (frozen.Raw & ~dropped) | kept);
    }
}
