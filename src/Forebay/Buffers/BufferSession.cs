using System.Runtime.CompilerServices;
using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Primitives;
using Forebay.Processes;
using Forebay.Storage;
using Forebay.Telemetry;

namespace Forebay.Buffers;

/// <summary>
/// One session's dealings with one pool: its pins, its budget, its reading and writing. One flow at a time, as the
/// I/O session it stands on.
/// </summary>
internal sealed partial class BufferSession
{
    private readonly SessionTally _tally;
    private readonly IoPurpose _purpose;

    /// <summary>A session's side of a pool.</summary>
    public BufferSession(
        IoSession io, BufferPool pool, PinLedger ledger, FrameClaims claims, PinShares shares, Notices notices)
    {
        Claims = claims;
        Io = io;
        Pool = pool;
        Ledger = ledger;
        Shares = shares;
        Notices = notices;
        _tally = io.Tally;
        _purpose = pool.Options.IsLocal ? IoPurpose.Temporary : IoPurpose.Relation;
        Counters = new BufferCounters(_tally, pool.Options.IsLocal, pool.BlockBytes);
        Victim = new VictimCleaning(this);
        WriteBacks = new WriteBacks(this);
        pool.AddLedger(ledger);
    }

    /// <summary>
    /// Whether other processes share the frames: then what is reached for is noted, so that it can be taken back.
    /// </summary>
    public bool IsShared { get; set; }

    /// <summary>Whether the instance has stopped.</summary>
    public StopSign Stop => Io.Engine.Processes.Sign;

    /// <summary>The I/O session.</summary>
    public IoSession Io { get; }

    /// <summary>The pool.</summary>
    public BufferPool Pool { get; }

    /// <summary>What is pinned.</summary>
    public PinLedger Ledger { get; }

    /// <summary>What it has of frames beside the ledger.</summary>
    public FrameClaims Claims { get; }

    /// <summary>The session's share of the pool.</summary>
    public PinShares Shares { get; }

    /// <summary>Where warnings go.</summary>
    public Notices Notices { get; }

    /// <summary>The dirty victim that this session waits for.</summary>
    public VictimCleaning Victim { get; }

    /// <summary>Dirty victims whose writing was started without waiting for it.</summary>
    public WriteBacks WriteBacks { get; }

    /// <summary>Counts of this session.</summary>
    public BufferCounters Counters { get; }

    /// <summary>For what I/O is counted that takes its frames from a ring, or from the whole pool (null).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IoPurpose PurposeOf(StrategyRing? ring) => ring is null ? _purpose : ring.Purpose;

    /// <summary>Counts a page that was found.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountHit(StrategyRing? ring) => _tally.Count(PurposeOf(ring), CountedOperation.Hit);

    /// <summary>Counts a frame that was taken, if it held a page until then.</summary>
    public void CountTaken(BufferWord before, StrategyRing? ring, bool isRingsOwn)
    {
        if (before.Has(BufferWord.TagValid))
            _tally.Count(PurposeOf(ring), isRingsOwn ? CountedOperation.Reuse : CountedOperation.Eviction);
    }

    /// <summary>Counts a growth of a file, and what it took.</summary>
    public void CountExtension(StrategyRing? ring, long ticks)
    {
        _tally.Count(PurposeOf(ring), CountedOperation.Extend, 1, Pool.BlockBytes);
        _tally.Time(PurposeOf(ring), CountedOperation.Extend, ticks);
    }

    /// <summary>Counts something else.</summary>
    public void Count(PoolEvent happened) => _tally.Count(happened, Pool.Options.IsLocal);

    /// <summary>
    /// How many further pages the session may pin beyond those it needs to get on at all. Zero is an answer: then one
    /// page at a time is still everybody's right.
    /// </summary>
    public int PinsLeft => Math.Min(Shares.PerSession - Ledger.Count, Ledger.Capacity - Ledger.Count);

    /// <summary>The page of a pin.</summary>
    public Span<byte> Page(BufferPin pin) => Pool.Page(pin.Frame);

    /// <summary>Pins a block's frame without reading the page.</summary>
    /// <param name="fork">The relation fork.</param>
    /// <param name="block">The block.</param>
    /// <param name="ring">Ring to take frames from, or null.</param>
    /// <param name="mayWait">Whether it may wait for a dirty victim, or for a frame whose I/O is ending.</param>
    /// <param name="pin">The pin, if the result is Valid or NotValid.</param>
    /// <exception cref="StorageException">A dirty victim was waited for and could not be written.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public BufferAllocation Pin(RelationFork fork, uint block, StrategyRing? ring, bool mayWait, out BufferPin pin) =>
        TryPinValid(fork, block, ring, out pin)
            ? BufferAllocation.Valid
            : PinSlow(fork, block, ring, mayWait, out pin);

    /// <summary>The short way of <see cref="Pin"/>: for pages whose contents are there.</summary>
    /// <returns>False: nothing is known but that it has to be looked for properly.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPinValid(RelationFork fork, uint block, StrategyRing? ring, out BufferPin pin) =>
        IsShared
            ? TryPinValidShared(fork, block, ring, out pin)
            : TryPinValid(fork, block, ring, default(NoReach), out pin);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryPinValidShared(RelationFork fork, uint block, StrategyRing? ring, out BufferPin pin)
    {
        Stop.Check();
        return TryPinValid(fork, block, ring, new NotedReach(Claims), out pin);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryPinValid<TReach>(
        RelationFork fork, uint block, StrategyRing? ring, TReach reach, out BufferPin pin)
        where TReach : struct, IReach
    {
        if (Ledger.HasRoom)
        {
            int frame = Pool.TryPinValid(BufferPool.TagOf(fork, block), seldom: ring is not null, reach);
            if (frame >= 0)
            {
                DeathPoints.Reach(DeathPoint.HitPinned);
                pin = Ledger.Add(frame);
                DeathPoints.Reach(DeathPoint.HitNoted);
                reach.Settle();
                return true;
            }
        }

        pin = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private BufferAllocation PinSlow(
        RelationFork fork, uint block, StrategyRing? ring, bool mayWait, out BufferPin pin)
    {
        Stop.Check();
        BufferAllocation found = TryPin(fork, block, ring, mayWait, out pin);
        return mayWait && !pin.IsValid ? PinWaiting(found, fork, block, ring, out pin) : found;
    }

    /// <summary>Gives a pin back.</summary>
    /// <exception cref="InvalidOperationException">It is not (or no longer) held.</exception>
    public void Unpin(BufferPin pin)
    {
        if (!TryUnpin(pin))
            throw new InvalidOperationException("The page has been given back already.");
    }

    /// <summary>Gives a pin back if it is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryUnpin(BufferPin pin)
    {
        if (_locks.Count > 0)
            CheckUnlocked(pin);
        if (IsShared)
            return TryUnpinShared(pin);
        if (!Ledger.TryRemove(pin))
            return false;
        Pool.Descriptors.Unpin(pin.Frame);
        return true;
    }

    // The entry goes last: at no moment is there a pin without one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryUnpinShared(BufferPin pin)
    {
        if (!Ledger.Holds(pin))
            return false;
        Claims.Reach(pin.Frame);
        Pool.Descriptors.Unpin(pin.Frame);
        DeathPoints.Reach(DeathPoint.UnpinnedInLedger);
        Ledger.TryRemove(pin);
        DeathPoints.Reach(DeathPoint.UnpinnedReached);
        Claims.Settle();
        return true;
    }

    /// <summary>
    /// Notes that a page was changed. The caller holds it exclusively (or share-exclusively for hints).
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The session has not locked the page for writing, or the instance is for reading only.
    /// </exception>
    public void MarkDirty(BufferPin pin)
    {
        CheckHeld(pin);
        if (!_locks.HasLockOn(pin.Frame, forWriting: true))
            throw new InvalidOperationException("A page is changed under an exclusive or share-exclusive lock.");
        if (Pool.Storage.Options.ReadOnly)
            throw new InvalidOperationException("The instance was opened for reading only: pages cannot be changed.");
        ref BufferDescriptor descriptor = ref Pool.Descriptor(pin.Frame);
        Invariant.Check(descriptor.Content.IsHeldForWriting,
            "I-40: a page was marked dirty by somebody who had not locked it");
        descriptor.Change(BufferWord.Dirty | BufferWord.Valid);
        DeathPoints.Reach(DeathPoint.MarkedDirty);
    }

    /// <summary>How often everything was given back at once: who holds pins over several calls looks at it.</summary>
    public int EndsOfWork { get; private set; }

    /// <summary>Gives every pin back that is still held; for the end of a piece of work.</summary>
    /// <returns>How many there were.</returns>
    public int UnpinAll()
    {
        EndsOfWork++;
        UnlockAll();
        Victim.Drop();
        int count = 0;
        while (Ledger.TryGetAny(out BufferPin pin))
        {
            Unpin(pin);
            count++;
        }

        return count;
    }

    /// <summary>The end of the session: its pages are given back, and none can be pinned any more.</summary>
    public void Close()
    {
        UnpinAll();
        WriteBacks.Collect(); // told of when the session is closed
        Pool.RemoveLedger(Ledger);
        Ledger.Close();
        Counters.Close();
    }

    /// <summary>Throws what a result of an operation means, or passes a warning on.</summary>
    internal void Report(IoReturn outcome)
    {
        if (FailureOf(outcome) is { } failure)
            throw failure;
    }

    /// <summary>What a failed operation is to be reported as; a warning is passed on. Null = it went well.</summary>
    internal Exception? FailureOf(IoReturn outcome)
    {
        IoResult result = outcome.Result;
        if (result.Status is not (IoStatus.Error or IoStatus.Warning))
            return null;
        IoCallback callback = Io.Engine.Callbacks[result.CallbackId];
        Exception report = callback.Report(result, outcome.Target);
        if (result.Status == IoStatus.Error)
            return report;
        Notices.Raise("page-warning", report.Message, report);
        return null;
    }

    private void CheckHeld(BufferPin pin)
    {
        if (!Ledger.Holds(pin))
            throw new InvalidOperationException("The page is not pinned by this session.");
    }

    private BufferAllocation TryPin(
        RelationFork fork, uint block, StrategyRing? ring, bool mayWait, out BufferPin pin)
    {
        pin = default;
        if (!Ledger.HasRoom)
            return BufferAllocation.AllPinned;
        BufferAllocation found = Pool.Allocate(this, BufferPool.TagOf(fork, block), ring, mayWait, out int frame);
        if (found is BufferAllocation.Valid or BufferAllocation.NotValid)
            pin = NotePin(frame);
        return found;
    }

    /// <summary>A claimed pin goes into the ledger.</summary>
    internal BufferPin NotePin(int frame)
    {
        Claims.Reach(frame);
        BufferPin pin = Ledger.Add(frame);
        DeathPoints.Reach(DeathPoint.PinInLedgerAndClaims);
        Claims.Remove(frame, ClaimKind.Pin);
        Claims.Settle();
        return pin;
    }
}
