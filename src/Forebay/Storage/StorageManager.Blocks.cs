using Forebay.Handles;
using Forebay.Interop;

namespace Forebay.Storage;

/// <summary>Single blocks, in the calling thread, to and from any memory.</summary>
internal sealed partial class StorageManager
{
    /// <summary>Reads one block; blocks the thread.</summary>
    /// <param name="fork">What to read.</param>
    /// <param name="block">Which block.</param>
    /// <param name="page">As large as a block.</param>
    /// <exception cref="StorageException">The file ends before the block is complete, or the read failed.</exception>
    public void Read(RelationFork fork, uint block, Span<byte> page)
    {
        CheckPage(page.Length);
        int segment = SegmentOf(block);
        int result = Lease(fork, segment, forWrite: false, FileCreation.Never, out FileLease lease);
        if (result == 0)
        {
            try
            {
                result = ReadPage(new SegmentFile(fork, segment, lease.Descriptor), page, OffsetOf(block), lease);
            }
            finally
            {
                Files.Release(lease);
            }
        }

        CheckTransferred(result, fork, block, isWrite: false);
    }

    /// <summary>Writes one block that exists; blocks the thread. Durable at the next <see cref="Sync"/>.</summary>
    /// <param name="fork">What to write.</param>
    /// <param name="block">Which block.</param>
    /// <param name="page">As large as a block.</param>
    /// <exception cref="StorageException">The write failed; the block may hold anything.</exception>
    public void Write(RelationFork fork, uint block, ReadOnlySpan<byte> page)
    {
        CheckWritable();
        CheckPage(page.Length);
        int segment = SegmentOf(block);
        int result = Lease(fork, segment, forWrite: true, FileCreation.Never, out FileLease lease);
        if (result == 0)
        {
            try
            {
                result = WritePage(new SegmentFile(fork, segment, lease.Descriptor), page, OffsetOf(block), lease);
            }
            finally
            {
                Files.Release(lease);
            }
        }

        CheckTransferred(result, fork, block, isWrite: true);
    }

    /// <summary>
    /// Tells the kernel that blocks will be read soon. Buffered mode only; elsewhere there is no cache to fill.
    /// </summary>
    /// <returns>Whether the kernel was told; false if a file is missing, too.</returns>
    public bool Prefetch(RelationFork fork, uint block, uint count)
    {
        if (_options.FileMode != StorageFileMode.Buffered)
            return false;
        while (count > 0)
        {
            uint here = Math.Min(count, (uint)CombineMax(block));
            if (Advise(fork, block, here, FileAdvice.WillNeed) < 0)
                return false;
            block += here;
            count -= here;
        }

        return true;
    }

    /// <summary>
    /// Makes the fork durable and lets the kernel forget its pages, so that reads come from the device.
    /// </summary>
    /// <exception cref="StorageException">The sync failed.</exception>
    public void DropFromPageCache(RelationFork fork)
    {
        Sync(fork);
        int segments = SegmentOf(GetBlockCount(fork)) + 1;
        for (int segment = 0; segment < segments; segment++)
            _ = Advise(fork, (uint)(segment * (long)_options.SegmentBlocks), 0, FileAdvice.DontNeed);
    }

    // A count of zero goes to the end of the file.
    private int Advise(RelationFork fork, uint block, uint count, FileAdvice advice)
    {
        int error = Lease(fork, SegmentOf(block), forWrite: false, FileCreation.Never, out FileLease lease);
        if (error < 0)
            return error;
        error = FileSystemCalls.Advise(
            lease.Descriptor, OffsetOf(block), (long)count * _options.BlockBytes, advice);
        Files.Release(lease);
        return error;
    }

    /// <summary>Reads a block until it is complete or stops getting longer.</summary>
    private int ReadPage(SegmentFile file, Span<byte> page, long offset, FileLease lease)
    {
        int flags = TransferFlags(lease);
        WholePage whole = new(page.Length);
        int result;
        do
            result = _options.FileMode == StorageFileMode.Direct
                ? ReadAligned(file, page, offset)
                : _calls.Read(file, page, offset, flags);
        while (whole.IsToBeRepeated(ref result));
        return result;
    }

    private int ReadAligned(SegmentFile file, Span<byte> page, long offset)
    {
        using AlignedPages.Lease aligned = _pages.Take();
        int result = _calls.Read(file, [aligned.Vector], offset, 0);
        if (result > 0)
            aligned.Span[..result].CopyTo(page);
        return result;
    }

    private int WritePage(SegmentFile file, ReadOnlySpan<byte> page, long offset, FileLease lease)
    {
        int flags = TransferFlags(lease);
        WholePage whole = new(page.Length);
        int result;
        do
            result = _options.FileMode == StorageFileMode.Direct
                ? WriteAligned(file, page, offset)
                : _calls.Write(file, page, offset, flags);
        while (whole.IsToBeRepeated(ref result));
        return result;
    }

    private int WriteAligned(SegmentFile file, ReadOnlySpan<byte> page, long offset)
    {
        using AlignedPages.Lease aligned = _pages.Take();
        page.CopyTo(aligned.Span);
        return _calls.Write(file, [aligned.Vector], offset, 0);
    }

    private void CheckTransferred(int result, RelationFork fork, uint block, bool isWrite)
    {
        if (result == _options.BlockBytes)
            return;
        BlockRun run = RunOf(fork, block, 1);
        throw result < 0
            ? StorageErrors.Blocks(isWrite ? "write" : "read", run, -result)
            : StorageErrors.Short(run, isWrite, 0, result);
    }

    private int TransferFlags(FileLease lease) => Files.IsUncached(lease) ? FileTransfer.Uncached : 0;

    private void CheckPage(int length)
    {
        if (length != _options.BlockBytes)
            throw new ArgumentException($"A block has {_options.BlockBytes} bytes, not {length}.", nameof(length));
    }
}
