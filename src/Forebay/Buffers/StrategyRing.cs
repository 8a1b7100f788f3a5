using Forebay.Telemetry;

namespace Forebay.Buffers;

/// <summary>
/// The frames that one piece of work goes round in. A frame is taken again only while nobody else has come to like it:
/// unpinned and used at most once. Belongs to one session's flow.
/// </summary>
internal sealed class StrategyRing
{
    private const int BaseBytes = 256 << 10;
    private const int BulkWriteBytes = 16 << 20;
    private const int PoolShare = 8;

    private readonly int[] _frames; // frame plus one; 0 = not yet filled
    private int _current = -1;

    private StrategyRing(AccessStrategy strategy, int size)
    {
        Strategy = strategy;
        Purpose = strategy switch
        {
            AccessStrategy.BulkRead => IoPurpose.RelationBulkRead,
            AccessStrategy.BulkWrite => IoPurpose.RelationBulkWrite,
            AccessStrategy.Vacuum => IoPurpose.RelationVacuum,
            AccessStrategy.Normal or _ => IoPurpose.Relation,
        };
        _frames = new int[size];
    }

    /// <summary>What the ring is for.</summary>
    public AccessStrategy Strategy { get; }

    /// <summary>For what its I/O is counted.</summary>
    public IoPurpose Purpose { get; }

    /// <summary>Frames in the ring.</summary>
    public int Size => _frames.Length;

    /// <summary>
    /// How many of the ring's frames one stream may have pinned: all of them for a bulk read, which only ever moves
    /// on; else half, so that pages that were changed can be written before their frames come round again.
    /// </summary>
    public int PinLimit => Strategy == AccessStrategy.BulkRead ? Size : Math.Max(1, Size / 2);

    /// <summary>Makes a ring, or null where the whole pool is to be used.</summary>
    /// <param name="strategy">The kind.</param>
    /// <param name="poolFrames">Frames of the pool.</param>
    /// <param name="blockBytes">Bytes per frame.</param>
    /// <param name="lookAheadBlocks">Combine limit × concurrency: what a bulk read may have in flight.</param>
    /// <param name="vacuumBytes">Size of a maintenance ring in bytes; 0 = none.</param>
    public static StrategyRing? Create(
        AccessStrategy strategy, int poolFrames, int blockBytes, int lookAheadBlocks, int vacuumBytes)
    {
        long blocks = strategy switch
        {
            AccessStrategy.Normal => 0,
            AccessStrategy.BulkRead => BaseBytes / blockBytes + (long)lookAheadBlocks,
            AccessStrategy.BulkWrite => BulkWriteBytes / blockBytes,
            AccessStrategy.Vacuum => vacuumBytes / blockBytes,
            _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, null),
        };
        int size = (int)Math.Min(blocks, poolFrames / PoolShare);
        return size == 0 ? null : new StrategyRing(strategy, size);
    }

    /// <summary>Moves on to the next place of the ring and pins its frame if it may be reused.</summary>
    /// <returns>The frame with exactly the caller's pin, or -1: take another one and put it here.</returns>
    public int TakeNext(BufferDescriptors descriptors, FrameClaims claims)
    {
        if (++_current == _frames.Length)
            _current = 0;
        int frame = _frames[_current] - 1;
        if (frame < 0)
            return -1;
        BufferWord word = descriptors[frame].Word;
        if (word.Pins > 0 || word.InProgress != 0 || word.Usage > 1)
            return -1;
        return descriptors.TryTake(frame, word, claims) ? frame : -1;
    }

    /// <summary>The current place: where the frame belongs that is taken now.</summary>
    public int Place => Math.Max(0, _current);

    /// <summary>Whether a place has the frame.</summary>
    public bool Has(int frame, int place) => _frames[place] == frame + 1;

    /// <summary>Puts a frame into a place.</summary>
    public void Put(int frame, int place) => _frames[place] = frame + 1;
}
