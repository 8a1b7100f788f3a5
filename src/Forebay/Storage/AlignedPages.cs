using Forebay.Interop;
using Forebay.Memory;

namespace Forebay.Storage;

/// <summary>
/// A few aligned pages for storage's own transfers: direct I/O of single pages whose memory is the caller's and lies
/// anywhere, trial reads, and a run of zeros to write. Callers of <see cref="Take"/> hold it for one system call.
/// </summary>
internal sealed class AlignedPages : IDisposable
{
    /// <summary>Pages that can be taken at a time.</summary>
    public const int PagesMax = 16;

    /// <summary>Pages of zeros that one write may name.</summary>
    public const int ZeroPages = 16;

    private readonly SharedSegment _segment;
    private readonly SegmentArray<byte> _bytes;
    private readonly SemaphoreSlim _available = new(PagesMax);
    private readonly Stack<int> _free = new(PagesMax);
    private readonly Lock _gate = new();

    /// <summary>Pages of a size.</summary>
    public AlignedPages(int blockBytes)
    {
        BlockBytes = blockBytes;
        SegmentLayout layout = new();
        SegmentRegion<byte> region =
            layout.Reserve<byte>((PagesMax + ZeroPages) * blockBytes, FileOpener.MemoryAlignment);
        _segment = new SharedSegment(layout, hugePages: false);
        _bytes = _segment.Array(region);
        for (int i = 0; i < PagesMax; i++)
            _free.Push(i);
    }

    /// <summary>Bytes per page.</summary>
    public int BlockBytes { get; }

    /// <summary>A run of zeros; only ever read.</summary>
    public IoVector Zeros(int pages)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pages, ZeroPages);
        return new IoVector(_bytes.AddressOf(PagesMax * BlockBytes), (nuint)(pages * BlockBytes));
    }

    /// <summary>Takes a page, waiting for one if all are taken.</summary>
    public Lease Take()
    {
        _available.Wait();
        lock (_gate)
            return new Lease(this, _free.Pop());
    }

    /// <summary>Gives the memory back; nobody uses it any more.</summary>
    public void Dispose()
    {
        _segment.Dispose();
        _available.Dispose();
    }

    private void Return(int index)
    {
        lock (_gate)
            _free.Push(index);
        _available.Release();
    }

    /// <summary>A taken page.</summary>
    internal readonly ref struct Lease(AlignedPages owner, int index) : IDisposable
    {
        /// <summary>The page.</summary>
        public Span<byte> Span => owner._bytes.Slice(index * owner.BlockBytes, owner.BlockBytes);

        /// <summary>The page, for the kernel.</summary>
        public IoVector Vector => new(owner._bytes.AddressOf(index * owner.BlockBytes), (nuint)owner.BlockBytes);

        /// <inheritdoc/>
        public void Dispose() => owner.Return(index);
    }
}
