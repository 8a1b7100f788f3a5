using System.Runtime.CompilerServices;
using Forebay.Interop;
using Forebay.Primitives;

namespace Forebay.Memory;

/// <summary>
/// The one block of unmanaged memory that holds all state which another thread or another process may need: anonymous
/// memory, or a file that several processes map. It starts zeroed, and zero means "free", "idle" or "none" in every
/// record, so that only touched parts of anonymous memory cost any.
/// Disposed last, when no operation is in flight and no session is open.
/// </summary>
internal sealed class SharedSegment : IDisposable
{
    private nint _address;
    private readonly nuint _mappedLength;

    /// <summary>Maps a private segment of the layout's length, aligned to huge pages.</summary>
    /// <param name="layout">What the layers have reserved.</param>
    /// <param name="hugePages">Ask for transparent huge pages in the layout's dense part.</param>
    public SharedSegment(SegmentLayout layout, bool hugePages)
    {
        Length = layout.Length;
        (_address, _mappedLength) = MemoryMap.Allocate((nuint)layout.Length, MemoryMap.HugePage);
        if (hugePages)
            MemoryMap.AdviseHugePages(_address, _mappedLength, layout.Dense.Start, layout.Dense.End);
    }

    private SharedSegment(nint address, nuint mappedLength, long length) =>
        (_address, _mappedLength, Length) = (address, mappedLength, length);

    /// <summary>Maps a segment that lies in a file, as long as the layout or longer.</summary>
    /// <param name="descriptor">The open file; may be closed afterwards.</param>
    /// <param name="length">What the layers have reserved.</param>
    /// <param name="mappedLength">The length of the file.</param>
    /// <param name="readOnly">Only to look at: whoever writes to it then ends the process.</param>
    /// <param name="hugePages">Ask for transparent huge pages.</param>
    public static SharedSegment Map(int descriptor, long length, long mappedLength, bool readOnly, bool hugePages)
    {
        Invariant.Check(length <= mappedLength, "I-16: a region lies outside its segment", length, mappedLength);
        (nint address, nuint mapped) = MemoryMap.MapFile(
            descriptor, (nuint)mappedLength, MemoryMap.HugePage, readOnly, hugePages);
        return new SharedSegment(address, mapped, length);
    }

    /// <summary>
    /// Puts the whole of a file's segment into huge pages, as far as the kernel can: before any of it is registered
    /// with a ring, which would keep it where it is.
    /// </summary>
    public void MoveToHugePages()
    {
        ObjectDisposedException.ThrowIf(_address == 0, this);
        MemoryMap.CollapseHugePages(_address, _mappedLength);
    }

    /// <summary>Bytes reserved by the layout.</summary>
    public long Length { get; }

    /// <summary>The records of a region.</summary>
    public SegmentArray<T> Array<T>(SegmentRegion<T> region)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_address == 0, this);
        Invariant.Check(region.Offset + (long)region.Count * Unsafe.SizeOf<T>() <= Length,
            "I-16: a region lies outside its segment");
        return new SegmentArray<T>(_address + (nint)region.Offset, region.Count);
    }

    /// <summary>Gives the memory back; every <see cref="SegmentArray{T}"/> of it is dead from here on.</summary>
    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0); // one of two disposers unmaps, the other sees zero
        if (address != 0)
            MemoryMap.Free(address, _mappedLength);
    }
}
