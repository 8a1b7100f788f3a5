using System.Runtime.CompilerServices;
using Forebay.Memory;
using Forebay.Primitives;
using Forebay.Storage;

namespace Forebay.Buffers;

/// <summary>
/// Pages in memory: frames, their descriptors, and who holds which. Everything here is shared by all sessions and moved
/// by compare-and-swap; what a session has pinned is in its <see cref="BufferSession"/>.
/// A session's temporary pages live in a pool of their own, which is this same type in memory of its own.
/// </summary>
internal sealed partial class BufferPool
{
    /// <summary>How many unsuitable victims are looked at before an allocation that must not wait gives up.</summary>
    private const int VictimsMax = 8;

    /// <summary>Forks share gates; two that grow at the same time seldom meet.</summary>
    private const int ExtendGates = 64;

    private readonly BufferDescriptors _descriptors;
    private readonly BufferMapping _mapping;
    private readonly ClockSweep _clock;
    private readonly FrameArena _frames;
    private readonly List<PinLedger> _ledgers = [];
    private readonly Lock[] _extendGates = [.. Enumerable.Range(0, ExtendGates).Select(_ => new Lock())];

    /// <summary>A pool over its regions of a segment; its frames are put under the arena id by the caller.</summary>
    public BufferPool(
        SharedSegment segment,
        BufferPoolLayout layout,
        BufferPoolOptions options,
        StorageManager storage,
        PageCheckRegistry checks)
    {
        Options = options;
        Storage = storage;
        checks.Freeze();
        Checks = checks;
        DefaultCheck = checks.Find(options.DefaultPageCheck);
        BlockBytes = layout.BlockBytes;
        FrameCount = layout.FrameCount;
        _descriptors = new BufferDescriptors(segment.Array(layout.Descriptors), options.Sharers);
        _mapping = new BufferMapping(segment.Array(layout.Buckets), segment.Array(layout.Locks), _descriptors);
        _clock = new ClockSweep(segment.Array(layout.Hand), _descriptors);
        _frames = new FrameArena(segment.Array(layout.Pages).AddressOf(0), BlockBytes, FrameCount);
    }

    /// <summary>Slot of this process: what its locks in the segment are marked with.</summary>
    public int ProcessSlot => Options.ProcessSlot;

    /// <summary>Number of frames.</summary>
    public int FrameCount { get; }

    /// <summary>Bytes per page.</summary>
    public int BlockBytes { get; }

    /// <summary>Behaviour.</summary>
    public BufferPoolOptions Options { get; }

    /// <summary>Where pages come from and go to.</summary>
    public StorageManager Storage { get; }

    /// <summary>The pool's frames as an arena.</summary>
    public FrameArena Arena => _frames;

    /// <summary>The check whose seal pages get before they are written; null = none.</summary>
    public PageCheck? DefaultCheck { get; }

    /// <summary>The page checks that a read may name.</summary>
    public PageCheckRegistry Checks { get; }

    /// <summary>
    /// Held by whoever adds a page at the end of the fork, from looking at its size until the file has grown.
    /// </summary>
    public GateScope EnterExtend(RelationFork fork, CancellationToken cancellationToken = default) =>
        Storage.EnterExtend(_extendGates[fork.Key % ExtendGates], fork, cancellationToken);

    /// <summary>The fork that a tag names.</summary>
    public RelationFork ForkOf(in BufferTag tag) => Options.IsLocal
        ? Storage.Temporary(Options.Owner, tag.Locator, tag.Fork)
        : Storage.Relation(tag.Locator, tag.Fork);

    /// <summary>The descriptors, and who waits at them.</summary>
    public BufferDescriptors Descriptors => _descriptors;

    /// <summary>Which frame holds which page.</summary>
    public BufferMapping Mapping => _mapping;

    /// <summary>A frame's descriptor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref BufferDescriptor Descriptor(int frame) => ref _descriptors[frame];

    /// <summary>Asks the processor to fetch the beginning of a frame's page, which will be looked at soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int frame) => _frames.Prefetch(frame);

    /// <summary>A frame's page. Who may read or change it is a matter of pins, state and content lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Page(int frame) => _frames.Frame(frame);

    /// <summary>The tag of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BufferTag TagOf(RelationFork fork, uint block) => new(fork.Locator, fork.Fork, block);

    /// <summary>
    /// Makes the pins of a session known, so that they can be told from those that pass by themselves.
    /// </summary>
    public void AddLedger(PinLedger ledger)
    {
        lock (_ledgers)
            _ledgers.Add(ledger);
    }

    /// <summary>The session ends.</summary>
    public void RemoveLedger(PinLedger ledger)
    {
        lock (_ledgers)
            _ledgers.Remove(ledger);
    }

    /// <summary>The pins of other processes' sessions; null = there are no other processes.</summary>
    public ForeignPins? Foreign { get; set; }

    /// <summary>Whether some session has noted a pin on the frame.</summary>
    public bool IsPinnedBySession(int frame)
    {
        lock (_ledgers)
        {
            if (_ledgers.Exists(ledger => ledger.HasPinOn(frame)))
                return true;
        }

        return Foreign is { } foreign && foreign.HasPinOn(frame);
    }

    /// <summary>Announces that a page will be pinned soon, so that looking it up need not wait for memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchLookup(RelationFork fork, uint block) => _mapping.Prefetch(TagOf(fork, block));

    /// <summary>Pins a page whose contents are there: the short way, without any lock and without a call.</summary>
    /// <returns>The frame, still reached for; or -1: the page has to be looked for properly.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TryPinValid<TReach>(in BufferTag tag, bool seldom, TReach reach)
        where TReach : struct, IReach =>
        _mapping.TryPinValid(tag, seldom, reach);

    private long CountSessionPins()
    {
        lock (_ledgers)
        {
            long own = _ledgers.Sum(static ledger => (long)ledger.Count); // each its session's, and a hint here
            return own + (Foreign?.Count() ?? 0);
        }
    }

    /// <summary>Pins a page that is present (valid or being read), without any lock.</summary>
    /// <returns>The frame, or -1.</returns>
    private int TryPinPresent(in BufferTag tag, uint hash, bool seldom, FrameClaims claims, out BufferWord word)
    {
        int frame = _mapping.TryPin(tag, hash, seldom, claims, out word);
        if (frame >= 0)
            return frame;

        // Only the locked look is proof of absence.
        ref FutexLock gate = ref _mapping.LockOf(hash);
        gate.Enter(ProcessSlot);
        DeathPoints.Reach(DeathPoint.LookedUpLocked);
        frame = _mapping.FindLocked(tag, hash);
        if (frame >= 0 && !_descriptors.TryPin(frame, tag, seldom, claims, out word))
            Invariant.Fail("I-39: a frame in the mapping could not be pinned under its lock");
        gate.Exit();
        return frame;
    }

    /// <summary>Pins the page's frame, making one ready for it if there is none yet. Issues no read.</summary>
    /// <param name="session">The session, for the write-back of a dirty victim.</param>
    /// <param name="tag">The page.</param>
    /// <param name="ring">The ring to take frames from, or null.</param>
    /// <param name="mayWait">Whether the caller is ready to wait for a dirty victim to be written.</param>
    /// <param name="frame">The frame, with one pin, claimed by the session; tagged; not valid if it is new.</param>
    public BufferAllocation Allocate(
        BufferSession session, in BufferTag tag, StrategyRing? ring, bool mayWait, out int frame)
    {
        uint hash = tag.Hash();
        frame = TryPinPresent(tag, hash, ring is not null, session.Claims, out BufferWord word);
        if (frame >= 0)
            return word.Has(BufferWord.Valid) ? BufferAllocation.Valid : BufferAllocation.NotValid;
        BufferAllocation victim = TakeFrame(session, ring, mayWait, out int mine);
        return victim == BufferAllocation.NotValid
            ? Adopt(tag, hash, ring is not null, mine, session.Claims, out frame)
            : victim;
    }

    /// <summary>
    /// Puts a page's tag on a frame that holds no page and has one pin, the caller's. If the page has a frame by now,
    /// that one is pinned instead, and the other goes back without a page, first in line to be taken again.
    /// </summary>
    public BufferAllocation Adopt(
        in BufferTag tag, uint hash, bool seldom, int mine, FrameClaims claims, out int frame)
    {
        ref FutexLock gate = ref _mapping.LockOf(hash);
        gate.Enter(ProcessSlot);
        DeathPoints.Reach(DeathPoint.MappingLocked);
        frame = _mapping.FindLocked(tag, hash);
        if (frame >= 0)
        {
            if (!_descriptors.TryPin(frame, tag, seldom, claims, out BufferWord word))
                Invariant.Fail("I-39: a frame in the mapping could not be pinned under its lock");
            gate.Exit();
            _descriptors.Let(mine, claims);
            return word.Has(BufferWord.Valid) ? BufferAllocation.Valid : BufferAllocation.NotValid;
        }

        ref BufferDescriptor descriptor = ref _descriptors[mine];
        Invariant.Check(descriptor.Word.Pins == 1 && !descriptor.Word.Has(BufferWord.TagValid),
            "I-48: a frame that is given a page has another one, or another user");
        descriptor.TagVersion++; // with the tag: before TagValid is set, after it was cleared, both full fences
        descriptor.Tag = tag; // nobody reads it as ours before TagValid is set below
        DeathPoints.Reach(DeathPoint.TagWritten);
        descriptor.Change(BufferWord.TagValid | BufferWord.OneUse,
            BufferWord.UseMask | BufferWord.Valid | BufferWord.Dirty | BufferWord.IoError);
        DeathPoints.Reach(DeathPoint.TagMadeValid);
        _mapping.InsertLocked(mine, hash);
        DeathPoints.Reach(DeathPoint.Mapped);
        gate.Exit();
        DeathPoints.Reach(DeathPoint.Adopted);
        frame = mine;
        return BufferAllocation.NotValid;
    }

    /// <summary>Makes a pinned frame that nobody else uses forget its page.</summary>
    /// <param name="frame">The frame, pinned by the caller; the pin stays either way.</param>
    /// <param name="changesToo">Whether changes that were not written are forgotten as well.</param>
    /// <returns>
    /// False if somebody else has pinned it or, where that counts, made it dirty meanwhile; or if its part of the
    /// mapping is not to be had now.
    /// </returns>
    public bool TryForget(int frame, bool changesToo)
    {
        ref BufferDescriptor descriptor = ref _descriptors[frame];
        BufferWord word = descriptor.Word;
        if (!word.Has(BufferWord.TagValid))
            return word.Pins == 1;
        uint hash = descriptor.Tag.Hash(); // stable: we hold a pin and the tag is valid
        ref FutexLock gate = ref _mapping.LockOf(hash);
        if (Options.Sharers is null)
            gate.Enter(ProcessSlot);
        else if (!gate.TryEnterSoon(ProcessSlot))
            return false; // its holder may be stopped: there are other frames
        DeathPoints.Reach(DeathPoint.ForgetLocked);
        while (true)
        {
            word = descriptor.Word;
            if (word.Pins != 1 || word.InProgress != 0 || (word.Has(BufferWord.Dirty) && !changesToo))
            {
                gate.Exit();
                return false;
            }

            // In one step with the decision: a change that somebody may still make is never dropped unseen.
            const long Forgotten = BufferWord.TagValid | BufferWord.Valid | BufferWord.UseMask | BufferWord.IoError
                | BufferWord.Dirty;
            if (descriptor.TryMove(word, word.Raw & ~Forgotten))
                break;
        }

        DeathPoints.Reach(DeathPoint.TagMadeInvalid);
        _mapping.RemoveLocked(frame, hash);
        DeathPoints.Reach(DeathPoint.Unmapped);
        gate.Exit();
        return true;
    }
}
