using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Forebay.Memory;

/// <summary>
/// A fixed array of blittable records in unmanaged memory, reached by index. The index is checked on every access;
/// the memory is the segment's and must outlive every use, which the owner of the segment guarantees by disposing
/// last. Copying this struct copies the view, not the records.
/// </summary>
/// <typeparam name="T">A record without references; its layout is part of the segment's format.</typeparam>
internal readonly unsafe struct SegmentArray<T>
    where T : unmanaged
{
    // SAFETY: `_first` points at `_length` records inside a live segment; other threads may write the same records,
    // under the protocol of the record's own type.
    private readonly T* _first;
    private readonly int _length;

    internal SegmentArray(nint address, int length)
    {
        _first = (T*)address;
        _length = length;
    }

    /// <summary>Number of records.</summary>
    public int Length => _length;

    /// <summary>The record at <paramref name="index"/>, by reference.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)_length)
                ThrowOutside(index, _length);
            return ref _first[index];
        }
    }

    /// <summary>The records [start, start + count) as a span; valid as long as the segment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(int start, int count)
    {
        if ((uint)start > (uint)_length || (uint)count > (uint)(_length - start))
            ThrowOutside(start + count, _length);
        return new Span<T>(_first + start, count);
    }

    /// <summary>The records [start, start + count) as an array of their own; valid as long as the segment.</summary>
    public SegmentArray<T> Part(int start, int count)
    {
        if ((uint)start > (uint)_length || (uint)count > (uint)(_length - start))
            ThrowOutside(start + count, _length);
        return new SegmentArray<T>((nint)(_first + start), count); // SAFETY: inside this array, as just checked
    }

    /// <summary>
    /// Asks the processor to fetch a record that will be looked at soon, where it can be asked. Any index is harmless.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int index)
    {
        // SAFETY: a prefetch of any address reads nothing into the program and cannot fault.
        if (Sse.IsSupported)
            Sse.Prefetch0(_first + index);
    }

    /// <summary>Address of a record, for the kernel.</summary>
    public nint AddressOf(int index)
    {
        if ((uint)index >= (uint)_length)
            ThrowOutside(index, _length);
        return (nint)(_first + index);
    }

    [DoesNotReturn]
    private static void ThrowOutside(int index, int length) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"Index outside a segment array of {length}.");
}
