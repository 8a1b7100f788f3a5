using System.Runtime.InteropServices;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Storage;

/// <summary>
/// One open file. Leasing is one compare-and-swap that checks generation and state at the same time, so a descriptor
/// that is leased is open and stays open; a slot in Closing gets no new leases, so its lease count only falls.
/// </summary>
/// <remarks>
/// <see cref="Descriptor"/> and <see cref="IsUncached"/> are written by the owner of the state Opening and stable from
/// Open until the last lease of Closing is gone.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct FileSlot
{
    private long _word;
    private WaitWord _wait;

    /// <summary>The descriptor.</summary>
    public int Descriptor;

    /// <summary>Whether transfers may carry the uncached flag.</summary>
    public bool IsUncached;

    /// <summary>The word as it is now.</summary>
    // Acquire: what the mover wrote before its transition (the descriptor) is read after this.
    public readonly FileSlotWord Word => new(Volatile.Read(in _word));

    /// <summary>Leases the file if this is still the opening that the caller knows.</summary>
    public bool TryLease(uint generation, bool forWrite)
    {
        FileSlotWord seen = Word;
        while (seen.Generation == generation && seen.State == FileSlotState.Open)
        {
            Invariant.Check(seen.Leases < FileSlotWord.LeasesMax, "I-50: a file slot has too many leases");
            long bits = FileSlotWord.RecentBit | (forWrite ? FileSlotWord.WrittenBit : 0);

            // Full fence: the descriptor is read after the lease is counted, so that no closer can have closed it.
            long found = Interlocked.CompareExchange(ref _word, (seen.Raw + 1) | bits, seen.Raw);
            if (found == seen.Raw)
                return true;
            seen = new FileSlotWord(found);
        }

        return false;
    }

    /// <summary>Gives one lease back; wakes who waits for it. Never blocks.</summary>
    public void Release()
    {
        // Full fence: the use of the descriptor lies before the count falls, and the waiters are counted after it.
        FileSlotWord after = new(Interlocked.Decrement(ref _word));
        Invariant.Check(after.Leases != FileSlotWord.LeasesMax && IsLeasable(after.State),
            "I-51: a lease was given back that nobody holds");
        _wait.Signal();
    }

    /// <summary>Free → Opening, by the thread that took the slot from the free list.</summary>
    public void BeginOpening() => Move(FileSlotState.Free, FileSlotState.Opening, newGeneration: false, leases: 0);

    /// <summary>Opening → Open, with one lease for the opener.</summary>
    /// <returns>The generation under which the file can be leased.</returns>
    public uint Publish(int descriptor, bool isUncached)
    {
        Descriptor = descriptor; // plain: nobody reads it before the move below has made the slot Open
        IsUncached = isUncached;
        return Move(FileSlotState.Opening, FileSlotState.Open, newGeneration: false, leases: 1);
    }

    /// <summary>Opening → Free: the file could not be opened.</summary>
    public void Abandon() => Move(FileSlotState.Opening, FileSlotState.Free, newGeneration: true, leases: 0);

    /// <summary>Open → Closing if nobody uses it; the caller then owns the slot.</summary>
    public bool TryBeginEviction(FileSlotWord seen)
    {
        if (seen.State != FileSlotState.Open || seen.Leases != 0)
            return false;

        // Full fence: no lease was counted, so none can be afterwards; closing lies behind this.
        return Interlocked.CompareExchange(ref _word, seen.With(FileSlotState.Closing).Raw, seen.Raw) == seen.Raw;
    }

    /// <summary>Open → Closing whatever uses it; the caller then owns the slot and waits for the leases.</summary>
    /// <returns>False if it is no longer that opening, or somebody else is closing it.</returns>
    public bool TryBeginClosing(uint generation)
    {
        FileSlotWord seen = Word;
        while (seen.Generation == generation && seen.State == FileSlotState.Open)
        {
            // Full fence: who leases later fails; who leased before is in the count that we then wait for.
            long found = Interlocked.CompareExchange(ref _word, seen.With(FileSlotState.Closing).Raw, seen.Raw);
            if (found == seen.Raw)
                return true;
            seen = new FileSlotWord(found);
        }

        return false;
    }

    /// <summary>Closing → <paramref name="next"/>: the descriptor is closed.</summary>
    public void EndClosing(FileSlotState next) =>
        Move(FileSlotState.Closing, next, newGeneration: true, leases: 0);

    /// <summary>Takes the recent bit away.</summary>
    public void MakeOld(FileSlotWord seen) =>
        // Only a hint: if the word has changed meanwhile, the file is in use and may stay recent.
        Interlocked.CompareExchange(ref _word, seen.Raw & ~FileSlotWord.RecentBit, seen.Raw);

    /// <summary>Notes that something may be written under a lease that the caller holds.</summary>
    public void MarkWritten() =>
        Interlocked.Or(ref _word, FileSlotWord.WrittenBit); // full fence: before the write that it announces

    /// <summary>
    /// Before a sync: takes the written bit away if the caller's is the only lease, for then no write is under way that
    /// the sync might miss. If there are others, the bit stays.
    /// </summary>
    public void BeginSync()
    {
        FileSlotWord seen = Word;
        if (seen.Leases == 1)
            // Full fence: a write that is leased later sets the bit again, and the sync itself lies behind this.
            Interlocked.CompareExchange(ref _word, seen.Raw & ~FileSlotWord.WrittenBit, seen.Raw);
    }

    /// <summary>
    /// Tells who waits for the slot to look again: an operation that uses it can now be found by its handle.
    /// </summary>
    public void Signal() => _wait.Signal();

    /// <summary>Threads that wait for the slot to change.</summary>
    public readonly int Waiters => _wait.Waiters;

    /// <summary>Announces a waiter, who then looks again before he sleeps.</summary>
    public int RegisterWaiter() => _wait.Register();

    /// <summary>Sleeps until something about the slot may have changed.</summary>
    public void Sleep(int ticket) => _wait.Sleep(ticket);

    /// <summary>Withdraws the announcement.</summary>
    public void UnregisterWaiter() => _wait.Unregister();

    private static bool IsLeasable(FileSlotState state) => state is FileSlotState.Open or FileSlotState.Closing;

    // The caller owns the state it moves from, and there are no leases in it: nobody else writes the word.
    private uint Move(FileSlotState from, FileSlotState to, bool newGeneration, int leases)
    {
        FileSlotWord seen = Word;
        Invariant.Check(seen.State == from, "I-52: a file slot is not in the expected state", seen.State, from);
        Invariant.Check(seen.Leases == 0, "I-53: a file slot was moved on while leased");
        uint generation = newGeneration ? unchecked(seen.Generation + 1) : seen.Generation;
        FileSlotWord next = new(to, generation, leases);

        // Full fence: descriptor and traits, or the close, are visible before the new state; waiters are counted after.
        long found = Interlocked.CompareExchange(ref _word, next.Raw, seen.Raw);
        Invariant.Check(found == seen.Raw, "I-54: two threads moved one file slot");
        _wait.Signal();
        return generation;
    }
}
