using System.Globalization;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Storage;

/// <summary>How long a fork is, and making it longer or shorter.</summary>
/// <remarks>
/// Block counts are not cached: each call asks the kernel. Only where to begin looking is remembered, and that a
/// non-empty segment has full ones before it holds on disk, whoever writes there.
/// Growing and shrinking of one fork exclude each other (SizeGate); a growth that fails is taken back completely.
/// </remarks>
internal sealed partial class StorageManager
{
    /// <summary>The largest number of blocks; the number itself is no block.</summary>
    public const uint BlocksMax = uint.MaxValue;

    /// <summary>Whole blocks of the fork. A partial one at the end is not counted.</summary>
    /// <exception cref="StorageException">There is no such file, or it cannot be asked.</exception>
    public uint GetBlockCount(RelationFork fork) => GetBlockCount(fork, out _);

    /// <summary>As above; says what is left at the end.</summary>
    /// <param name="fork">The fork.</param>
    /// <param name="trailingBytes">Bytes behind the last whole block; less than a block.</param>
    /// <exception cref="StorageException">There is no such file, or it cannot be asked.</exception>
    public uint GetBlockCount(RelationFork fork, out long trailingBytes)
    {
        fork.ThrowIfForgotten();
        // Back to a segment that is not empty: only before such a one all are known to be full.
        int segment = fork.LastSegmentHint;
        long bytes = SegmentBytesOrZero(fork, segment);
        while (segment > 0 && bytes == 0)
            bytes = SegmentBytesOrZero(fork, --segment);

        // Forward over full ones.
        while (bytes == FullSegmentBytes)
        {
            long next = SegmentBytesOrZero(fork, segment + 1);
            if (next == 0)
                break;
            segment++;
            bytes = next;
        }

        fork.LastSegmentHint = segment;
        long blocks = ((long)segment * _options.SegmentBlocks) + (bytes / _options.BlockBytes);
        trailingBytes = bytes % _options.BlockBytes;
        if (blocks > BlocksMax)
            throw StorageErrors.Other(
                fork, segment, $"The relation has {blocks} blocks, more than block numbers can tell apart");
        return (uint)blocks;
    }

    /// <summary>
    /// Whole blocks of one segment file, whatever the others hold: for tools that look at each file by itself.
    /// </summary>
    /// <exception cref="StorageException">There is no such file, or it cannot be asked.</exception>
    public int GetSegmentBlockCount(RelationFork fork, int segment, out long trailingBytes)
    {
        fork.ThrowIfForgotten();
        long bytes = SegmentBytes(fork, segment);
        if (bytes < 0)
            throw StorageErrors.File("open", fork, segment, (int)-bytes);
        trailingBytes = bytes % _options.BlockBytes;
        return (int)(CheckedSegmentBytes(fork, segment, bytes) / _options.BlockBytes);
    }

    /// <summary>
    /// Adds one block with contents. Blocks between the present end and it become zeros.
    /// </summary>
    /// <exception cref="ArgumentException">The block exists already.</exception>
    /// <exception cref="StorageException">It could not be added; the fork is as long as before.</exception>
    public void Extend(RelationFork fork, uint block, ReadOnlySpan<byte> page)
    {
        CheckWritable();
        CheckPage(page.Length);
        using (EnterSize(fork))
        {
            uint count = CheckGrowthLocked(fork, block, 1);
            int segment = SegmentOf(block);
            uint segmentStart = (uint)((long)segment * _options.SegmentBlocks);
            int error = count < segmentStart ? GrowLocked(fork, count, segmentStart) : 0;
            if (error == 0)
                error = AddPageLocked(fork, segment, OffsetOf(block), page);
            if (error < 0)
                GiveUpLocked(fork, count, RunOf(fork, block, 1), -error);
        }
    }

    /// <summary>Adds blocks of zeros; their room is reserved where the file system can do that.</summary>
    /// <exception cref="ArgumentException">Some of the blocks exist already.</exception>
    /// <exception cref="StorageException">They could not be added; the fork is as long as before.</exception>
    public void ZeroExtend(RelationFork fork, uint block, uint count)
    {
        CheckWritable();
        if (count == 0)
            return;
        using (EnterSize(fork))
        {
            DeathPoints.Reach(DeathPoint.SizeGateHeld);
            uint before = CheckGrowthLocked(fork, block, count);

            // From the present end on, so that no segment stays short in the middle.
            int error = GrowLocked(fork, before, block + count);
            if (error < 0)
                GiveUpLocked(fork, before, RunOf(fork, block, (int)Math.Min(count, int.MaxValue)), -error);
        }
    }

    /// <summary>
    /// Cuts the fork to a number of blocks, from its end on, and a partial block with it. Operations on the cut files
    /// that were started before are waited for; who reads beyond the new end later gets a short read.
    /// Segments that become empty stay as empty files.
    /// </summary>
    /// <exception cref="ArgumentException">The fork has fewer blocks.</exception>
    /// <exception cref="StorageException">A file could not be cut; later segments may be cut already.</exception>
    public void Truncate(RelationFork fork, uint blocks)
    {
        CheckWritable();
        using (EnterSize(fork))
        {
            uint count = GetBlockCount(fork, out long trailing);
            if (blocks > count)
                throw new ArgumentException(
                    $"\"{fork.Path}\" has {count} blocks and cannot be cut to {blocks}.", nameof(blocks));
            if (blocks == count && trailing == 0)
                return;
            int error = CutLocked(fork, blocks, out int segment);
            DeathPoints.Reach(DeathPoint.CutNotSaid);
            Invalidate(fork);
            if (error < 0)
                throw StorageErrors.File($"cut to {blocks} blocks the", fork, segment, -error);
        }
    }

    private long FullSegmentBytes => (long)_options.SegmentBlocks * _options.BlockBytes;

    /// <summary>
    /// Length of a segment file, or -errno. Opens nothing: asking for sizes must not push files out of the table.
    /// </summary>
    private long SegmentBytes(RelationFork fork, int segment)
    {
        if (!IsFresh(fork) || !Files.TryLease(fork.File(segment), forWrite: false, out FileLease lease))
        {
            int error = _calls.Look(fork, segment, out FileStatus status);
            return error < 0 ? error : status.Length;
        }

        long bytes = FileSystemCalls.Length(lease.Descriptor);
        Files.Release(lease);
        return bytes;
    }

    /// <summary>Length of a segment file; a missing one other than the first counts as empty.</summary>
    private long SegmentBytesOrZero(RelationFork fork, int segment)
    {
        long bytes = SegmentBytes(fork, segment);
        if (bytes == -(int)Errno.NoEntry && segment > 0)
            return 0;
        if (bytes < 0)
            throw StorageErrors.File("open", fork, segment, (int)-bytes);
        return CheckedSegmentBytes(fork, segment, bytes);
    }

    private long CheckedSegmentBytes(RelationFork fork, int segment, long bytes)
    {
        if (bytes > FullSegmentBytes)
            throw StorageErrors.Other(fork, segment,
                $"The segment file has {bytes} bytes, more than a segment of {FullSegmentBytes}");
        return bytes;
    }

    private uint CheckGrowthLocked(RelationFork fork, uint block, uint added)
    {
        uint count = GetBlockCount(fork, out long trailing);
        if (block < count)
            throw new ArgumentException(
                $"Block {block} of \"{fork.Path}\", which has {count} blocks, exists already.", nameof(block));
        if (added > BlocksMax - block)
            throw StorageErrors.Other(fork, SegmentOf(block), string.Create(CultureInfo.InvariantCulture,
                $"The relation cannot grow to {(ulong)block + added} blocks; it ends at {BlocksMax}"));

        // A torn block at the end must not become the beginning of a new one.
        int error = trailing == 0 ? 0 : CutLocked(fork, count, out _);
        if (error < 0)
            throw StorageErrors.File("cut a torn block off", fork, SegmentOf(count), -error);
        return count;
    }

    /// <summary>Grows with zeros from the present number of blocks to another; zero or -errno.</summary>
    private int GrowLocked(RelationFork fork, uint from, uint to)
    {
        while (from < to)
        {
            int segment = SegmentOf(from);
            uint here = Math.Min(to - from, (uint)CombineMax(from));
            int error = LeaseForGrowth(fork, segment, out FileLease lease);
            if (error < 0)
                return error;
            SegmentFile file = new(fork, segment, lease.Descriptor);
            error = AddZeros(file, OffsetOf(from), (long)here * _options.BlockBytes);
            DeathPoints.Reach(DeathPoint.SegmentGrown);
            Files.Release(lease);
            if (error < 0)
                return error;
            from += here;
        }

        return 0;
    }

    private int AddPageLocked(RelationFork fork, int segment, long offset, ReadOnlySpan<byte> page)
    {
        int error = LeaseForGrowth(fork, segment, out FileLease lease);
        if (error < 0)
            return error;
        int result = WritePage(new SegmentFile(fork, segment, lease.Descriptor), page, offset, lease);
        Files.Release(lease);
        if (result < 0)
            return result;
        return result < page.Length ? -(int)Errno.NoSpace : 0; // a device that takes less and does not say why
    }

    // The first segment is Create's; the others come with the growth.
    private int LeaseForGrowth(RelationFork fork, int segment, out FileLease lease) => Lease(
        fork, segment, forWrite: true, segment == 0 ? FileCreation.Never : FileCreation.IfMissing, out lease);

    private int AddZeros(SegmentFile file, long offset, long length)
    {
        int error = _calls.Allocate(file, offset, length);
        if (error is not (-(int)Errno.NotSupported or -(int)Errno.NotImplemented))
            return error;
        int retries = 0;
        while (length > 0)
        {
            int pages = (int)Math.Min(length / _options.BlockBytes, AlignedPages.ZeroPages);
            int result = _calls.Write(file, [_pages.Zeros(pages)], offset, 0);
            if (ErrnoTable.IsTransient(result) && retries++ < WholePage.TransientRetriesMax)
                continue;
            int whole = result / _options.BlockBytes * _options.BlockBytes;
            if (result < 0 || whole == 0)
                return result < 0 ? result : -(int)Errno.NoSpace; // a device that takes nothing and says nothing
            offset += whole;
            length -= whole;
        }

        return 0;
    }

    private void GiveUpLocked(RelationFork fork, uint count, BlockRun run, int errno)
    {
        _ = CutLocked(fork, count, out _); // if this fails as well, the first reason is still the one to tell
        throw StorageErrors.Blocks("extend to", run, errno);
    }

    private int CutLocked(RelationFork fork, uint blocks, out int segment)
    {
        segment = SegmentOf(blocks);
        while (SegmentBytes(fork, segment + 1) >= 0)
            segment++;
        for (; segment >= 0; segment--)
        {
            long start = (long)segment * _options.SegmentBlocks;
            if (start + _options.SegmentBlocks <= blocks)
                return 0;
            long bytes = Math.Max(blocks - start, 0) * _options.BlockBytes;
            int error = CutSegmentLocked(fork, segment, bytes);
            if (error < 0 && (error != -(int)Errno.NoEntry || segment == 0))
                return error;
        }

        return 0;
    }

    private int CutSegmentLocked(RelationFork fork, int segment, long bytes)
    {
        int error = Lease(fork, segment, forWrite: true, FileCreation.Never, out FileLease lease);
        if (error < 0)
            return error;
        Files.WaitForStarted(lease);
        DeathPoints.Reach(DeathPoint.SegmentToBeCut);
        if (FileSystemCalls.Length(lease.Descriptor) != bytes)
            error = _calls.Truncate(new SegmentFile(fork, segment, lease.Descriptor), bytes);
        Files.Release(lease);
        return error;
    }
}
