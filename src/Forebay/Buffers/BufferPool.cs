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

    private readonly SegmentArray<BufferDescriptor> _descriptors;
    private readonly BufferMapping _mapping;
    private readonly ClockSweep _clock;
    private readonly FrameArenas _arenas;
    private readonly Lock[] _extendGates = [.. Enumerable.Range(0, ExtendGates).Select(_ => new Lock())];

    /// <summary>A pool over its regions of a segment; its frames are put under the arena id by the caller.</summary>
    public BufferPool(
        SharedSegment segment,
        BufferPoolLayout layout,
        BufferPoolOptions options,
        FrameArenas arenas,
        StorageManager storage,
        PageCheckRegistry checks)
    {
        Options = options;
        Storage = storage;
        DefaultCheck = checks[options.DefaultPageCheck];
        BlockBytes = layout.BlockBytes;
        FrameCount = layout.FrameCount;
        _arenas = arenas;
        _descriptors = segment.Array(layout.Descriptors);
        _mapping = new BufferMapping(segment.Array(layout.Buckets), segment.Array(layout.Locks), _descriptors);
        _clock = new ClockSweep(segment.Array(layout.Hand), _descriptors);
        FirstPage = segment.Array(layout.Pages).AddressOf(0);
    }

    /// <summary>Number of frames.</summary>
    public int FrameCount { get; }

    /// <summary>Bytes per page.</summary>
    public int BlockBytes { get; }

    /// <summary>Behaviour.</summary>
    public BufferPoolOptions Options { get; }

    /// <summary>Where pages come from and go to.</summary>
    public StorageManager Storage { get; }

    /// <summary>Address of frame 0 in this process.</summary>
    public nint FirstPage { get; }

    /// <summary>The pool's frames as an arena.</summary>
    public FrameArena Arena => new(FirstPage, BlockBytes, FrameCount);

    /// <summary>The check whose seal pages get before they are written; null = none.</summary>
    public PageCheck? DefaultCheck { get; }

    /// <summary>
    /// Held by whoever adds a page at the end of the fork, from looking at its size until the file has grown.
    /// </summary>
    public Lock ExtendGate(RelationFork fork) => _extendGates[fork.Key % ExtendGates];

    /// <summary>The fork that a tag names.</summary>
    public RelationFork ForkOf(in BufferTag tag) => Options.IsLocal
        ? Storage.Temporary(Options.Owner, tag.Locator, (ForkNumber)tag.Fork)
        : Storage.Relation(tag.Locator, (ForkNumber)tag.Fork);

    /// <summary>A frame's descriptor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref BufferDescriptor Descriptor(int frame) => ref _descriptors[frame];

    /// <summary>A frame's page. Who may read or change it is a matter of pins, state and content lock.</summary>
    public Span<byte> Page(int frame) => _arenas.Frame(Options.Arena, frame);

    /// <summary>The tag of a block.</summary>
    public static BufferTag TagOf(RelationFork fork, uint block) =>
        new(fork.Locator.Tablespace, fork.Locator.Database, fork.Locator.Relation, (uint)fork.Fork, block);

    /// <summary>Pins a page that is present (valid or being read), without any lock.</summary>
    /// <returns>The frame, or -1.</returns>
    public int TryPinPresent(in BufferTag tag, uint hash, bool seldom, out BufferWord word)
    {
        int frame = _mapping.TryPin(tag, hash, seldom, out word);
        if (frame >= 0)
            return frame;

        // Only the locked look is proof of absence.
        ref FutexLock gate = ref _mapping.LockOf(hash);
        gate.Enter();
        frame = _mapping.FindLocked(tag, hash);
        if (frame >= 0 && !_descriptors[frame].TryPin(tag, seldom, out word))
            Invariant.Fail("I-39: a frame in the mapping could not be pinned under its lock");
        gate.Exit();
        return frame;
    }

    /// <summary>Pins the page's frame, making one ready for it if there is none yet. Issues no read.</summary>
    /// <param name="session">The session, for the write-back of a dirty victim.</param>
    /// <param name="tag">The page.</param>
    /// <param name="ring">The ring to take frames from, or null.</param>
    /// <param name="mayWait">Whether it may wait for a dirty victim to be written.</param>
    /// <param name="frame">The frame, pinned once for the caller, tagged; not valid if it is new.</param>
    public BufferAllocation Allocate(
        BufferSession session, in BufferTag tag, StrategyRing? ring, bool mayWait, out int frame)
    {
        uint hash = tag.Hash();
        frame = TryPinPresent(tag, hash, ring is not null, out BufferWord word);
        if (frame >= 0)
            return word.Has(BufferWord.Valid) ? BufferAllocation.Valid : BufferAllocation.NotValid;

        BufferAllocation victim = TakeCleanVictim(session, ring, mayWait, out int mine);
        if (victim != BufferAllocation.NotValid)
            return victim;

        ref FutexLock gate = ref _mapping.LockOf(hash);
        gate.Enter();
        int other = _mapping.FindLocked(tag, hash);
        if (other >= 0)
        {
            // Somebody was faster. Our victim goes back without a page, first in line to be taken again.
            if (!_descriptors[other].TryPin(tag, ring is not null, out word))
                Invariant.Fail("I-39: a frame in the mapping could not be pinned under its lock");
            gate.Exit();
            _descriptors[mine].Unpin();
            frame = other;
            return word.Has(BufferWord.Valid) ? BufferAllocation.Valid : BufferAllocation.NotValid;
        }

        ref BufferDescriptor descriptor = ref _descriptors[mine];
        descriptor.Tag = tag; // nobody reads it as ours before TagValid is set below
        descriptor.Change(BufferWord.TagValid | BufferWord.OneUse,
            BufferWord.UseMask | BufferWord.Valid | BufferWord.Dirty | BufferWord.IoError);
        _mapping.InsertLocked(mine, hash);
        gate.Exit();
        frame = mine;
        return BufferAllocation.NotValid;
    }

    /// <summary>Makes a pinned frame that nobody else uses forget its page.</summary>
    /// <returns>False if somebody else has pinned it or made it dirty meanwhile; the pin stays either way.</returns>
    private bool TryForget(int frame)
    {
        ref BufferDescriptor descriptor = ref _descriptors[frame];
        BufferWord word = descriptor.Word;
        if (!word.Has(BufferWord.TagValid))
            return word.Pins == 1; // more pins are readers that are about to see that the tag is gone
        uint hash = descriptor.Tag.Hash(); // stable: we hold a pin and the tag is valid
        ref FutexLock gate = ref _mapping.LockOf(hash);
        gate.Enter();
        while (true)
        {
            word = descriptor.Word;
            if (word.Pins != 1 || word.InProgress != 0 || word.Has(BufferWord.Dirty))
            {
                gate.Exit();
                return false;
            }

            const long Forgotten = BufferWord.TagValid | BufferWord.Valid | BufferWord.UseMask | BufferWord.IoError;
            if (descriptor.TryMove(word, word.Raw & ~Forgotten))
                break;
        }

        _mapping.RemoveLocked(frame, hash);
        gate.Exit();
        return true;
    }
}
