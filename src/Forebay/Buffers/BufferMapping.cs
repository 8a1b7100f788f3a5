using System.Numerics;
using System.Runtime.CompilerServices;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Buffers;

/// <summary>
/// Finds the frame of a page. Buckets of frames chained through their descriptors; changes happen under the lock of
/// the bucket's partition, looking up takes none: what it finds is confirmed by pinning, and what it misses (a chain
/// may be changed under its feet) is looked up again under the lock before anybody acts on it.
/// </summary>
internal sealed class BufferMapping
{
    /// <summary>Partition locks; enough that two allocating threads seldom meet.</summary>
    public const int Partitions = 128;

    // A chain seen by an unlocked reader may lead into another one; a bound keeps it from walking for ever.
    private const int StepsMax = 64;

    private readonly SegmentArray<int> _buckets;
    private readonly SegmentArray<PaddedFutexLock> _locks;
    private readonly BufferDescriptors _descriptors;
    private readonly uint _bucketMask;

    /// <summary>The mapping over its regions.</summary>
    public BufferMapping(
        SegmentArray<int> buckets, SegmentArray<PaddedFutexLock> locks, BufferDescriptors descriptors)
    {
        Invariant.Check(BitOperations.IsPow2(buckets.Length), "I-35: the number of buckets is not a power of two");
        _buckets = buckets;
        _locks = locks;
        _descriptors = descriptors;
        _bucketMask = (uint)buckets.Length - 1;
    }

    /// <summary>The lock that guards changes to the page's bucket.</summary>
    public ref FutexLock LockOf(uint hash) => ref _locks[(int)(hash & _bucketMask) % Partitions].Lock;

    /// <summary>Announces that a page will be looked up soon: its bucket is fetched meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(in BufferTag tag) => _buckets.Prefetch((int)(tag.Hash() & _bucketMask));

    /// <summary>Looks a page up whose contents are there and pins it, in one attempt and without a lock.</summary>
    /// <returns>
    /// The frame, which is still reached for; or -1: it has to be looked up by <see cref="TryPin"/>, or under the
    /// lock.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int TryPinValid<TReach>(in BufferTag tag, bool seldom, TReach reach)
        where TReach : struct, IReach
    {
        // Acquire: a frame's tag and link were written before the frame was put into the bucket.
        int at = Volatile.Read(ref _buckets[(int)(tag.Hash() & _bucketMask)]);
        for (int step = 0; at != 0 && step < StepsMax; step++)
        {
            ref BufferDescriptor descriptor = ref _descriptors[at - 1];
            if (descriptor.Tag == tag) // a reading without a pin; looked at again with it
            {
                reach.Reach(at - 1);
                DeathPoints.Reach(DeathPoint.HitReached);
                BufferPinning pinning = descriptor.TryPinValid(tag, seldom);
                if (pinning == BufferPinning.Pinned)
                    return at - 1;
                if (pinning == BufferPinning.OtherPage)
                    _descriptors.Unpin(at - 1);
                reach.Settle();
                return -1;
            }

            at = Volatile.Read(ref descriptor.MappingNext); // acquire: as above, for the next in the chain
        }

        return -1;
    }

    /// <summary>Looks the page up without a lock and pins it.</summary>
    /// <returns>The frame, claimed; or -1: not found, which is no proof that it is not there.</returns>
    public int TryPin(in BufferTag tag, uint hash, bool seldom, FrameClaims claims, out BufferWord word)
    {
        // Acquire: a frame's tag and link were written before the frame was put into the bucket.
        int at = Volatile.Read(ref _buckets[(int)(hash & _bucketMask)]);
        for (int step = 0; at != 0 && step < StepsMax; step++)
        {
            if (_descriptors.TryPin(at - 1, tag, seldom, claims, out word))
                return at - 1;
            at = Volatile.Read(ref _descriptors[at - 1].MappingNext); // acquire: as above, for the next in the chain
        }

        word = default;
        return -1;
    }

    /// <summary>Looks the page up for certain. The caller holds the partition lock.</summary>
    /// <returns>The frame, or -1: it is not there.</returns>
    public int FindLocked(in BufferTag tag, uint hash)
    {
        Invariant.Check(LockOf(hash).IsHeld, "I-36: the mapping was used without its lock");
        for (int at = _buckets[(int)(hash & _bucketMask)]; at != 0; at = _descriptors[at - 1].MappingNext)
        {
            if (_descriptors[at - 1].Tag == tag)
                return at - 1;
        }

        return -1;
    }

    /// <summary>Puts a frame under its tag. The caller holds the partition lock and has found no other.</summary>
    public void InsertLocked(int frame, uint hash)
    {
        Invariant.Check(LockOf(hash).IsHeld, "I-36: the mapping was changed without its lock");
        ref int bucket = ref _buckets[(int)(hash & _bucketMask)];
        // before the frame can be reached through the bucket
        Volatile.Write(ref _descriptors[frame].MappingNext, bucket);
        DeathPoints.Reach(DeathPoint.LinkedToNext);
        Volatile.Write(ref bucket, frame + 1); // release: tag, word and link are visible to whoever finds it
    }

    /// <summary>Takes a frame out. The caller holds the partition lock and has made its tag invalid.</summary>
    public void RemoveLocked(int frame, uint hash)
    {
        Invariant.Check(LockOf(hash).IsHeld, "I-36: the mapping was changed without its lock");
        ref int link = ref _buckets[(int)(hash & _bucketMask)];
        while (link != frame + 1)
        {
            Invariant.Check(link != 0, "I-37: a frame with a valid tag is not in the mapping");
            link = ref _descriptors[link - 1].MappingNext;
        }

        // Release; the removed frame keeps its own link, so that a reader standing on it finds its way on.
        Volatile.Write(ref link, _descriptors[frame].MappingNext);
    }

    /// <summary>
    /// After a death, under a lock that was taken over: a frame with a valid tag is put into its bucket, one without is
    /// taken out of the bucket that it may still be in. Each is a single store, as ever, so that who looks a page up
    /// without the lock finds its way meanwhile. Does nothing where nothing was left half done.
    /// </summary>
    public void RepairLocked(int frame)
    {
        uint hash = _descriptors[frame].Tag.Hash();
        bool isMapped = IsMappedLocked(frame, hash);
        bool hasPage = _descriptors[frame].Word.Has(BufferWord.TagValid);
        if (hasPage && !isMapped)
            InsertLocked(frame, hash);
        else if (!hasPage && isMapped)
            RemoveLocked(frame, hash);
    }

    /// <summary>The partition of the page that a frame holds, or held last.</summary>
    public int PartitionOf(int frame) => (int)(_descriptors[frame].Tag.Hash() & _bucketMask) % Partitions;

    /// <summary>The lock of a partition.</summary>
    public ref FutexLock PartitionLock(int partition) => ref _locks[partition].Lock;

    private bool IsMappedLocked(int frame, uint hash)
    {
        int at = _buckets[(int)(hash & _bucketMask)];
        while (at != 0 && at != frame + 1)
            at = _descriptors[at - 1].MappingNext;
        return at != 0;
    }
}
