using System.Numerics;
using System.Runtime.InteropServices;
using Forebay.Interop;
using Forebay.Memory;

namespace Forebay.Buffers;

/// <summary>What a buffer pool keeps in its segment: frames, descriptors, mapping, clock hand.</summary>
internal sealed class BufferPoolLayout
{
    /// <summary>Reserves a pool of <paramref name="frames"/> frames.</summary>
    public BufferPoolLayout(SegmentLayout layout, int frames, int blockBytes)
    {
        FrameCount = frames;
        BlockBytes = blockBytes;
        Pages = layout.ReserveDense<Sector>(
            checked((int)((long)frames * blockBytes / Sector.Bytes)), MemoryMap.HugePage);
        Descriptors = layout.ReserveDense<BufferDescriptor>(frames);
        Buckets = layout.ReserveDense<int>(BucketsFor(frames));
        Locks = layout.Reserve<PaddedFutexLock>(BufferMapping.Partitions);
        Hand = layout.Reserve<long>(1);
    }

    // Four or more to a frame: a new page then mostly finds its bucket empty, and each step along a chain is a line
    // of memory that is in no cache.
    private static int BucketsFor(int frames) =>
        (int)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)frames * 4), 1UL << 30);

    /// <summary>Number of frames.</summary>
    public int FrameCount { get; }

    /// <summary>Size of a frame, which is that of a page, in bytes.</summary>
    public int BlockBytes { get; }

    /// <summary>The frames' memory.</summary>
    public SegmentRegion<Sector> Pages { get; }

    /// <summary>A descriptor per frame.</summary>
    public SegmentRegion<BufferDescriptor> Descriptors { get; }

    /// <summary>Heads of the mapping's chains.</summary>
    public SegmentRegion<int> Buckets { get; }

    /// <summary>Locks of the mapping's partitions.</summary>
    public SegmentRegion<PaddedFutexLock> Locks { get; }

    /// <summary>The clock hand.</summary>
    public SegmentRegion<long> Hand { get; }

    /// <summary>A unit of page memory: small enough for every page size, large enough for a terabyte of pool.</summary>
    [StructLayout(LayoutKind.Sequential, Size = Bytes)]
    internal struct Sector
    {
        /// <summary>Size in bytes.</summary>
        public const int Bytes = 512;
    }
}
