namespace Forebay.Memory;

/// <summary>
/// Adds up what the layers need in the shared segment before it exists. Each layer reserves its arrays in a fixed
/// order, so that processes that open the same segment with the same settings find the same offsets.
/// </summary>
internal sealed class SegmentLayout
{
    /// <summary>Arrays start on a pair of cache lines: neighbours prefetched together are never two layers'.</summary>
    public const int DefaultAlignment = 128;

    /// <summary>Bytes needed so far.</summary>
    public long Length { get; private set; }

    /// <summary>
    /// From where to where memory is used everywhere once it is used at all: there huge pages cost nothing. Elsewhere a
    /// few bytes are touched here and there, and each would cost two mebibytes.
    /// </summary>
    public (long Start, long End) Dense { get; private set; }

    /// <summary>Reserves <paramref name="count"/> records of <typeparamref name="T"/>.</summary>
    /// <param name="count">Number of records; zero is allowed.</param>
    /// <param name="alignment">Alignment in bytes, a power of two.</param>
    public SegmentRegion<T> Reserve<T>(int count, int alignment = DefaultAlignment)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long start = (Length + alignment - 1) & ~((long)alignment - 1);
        Length = checked(start + (long)count * SizeOf<T>());
        return new SegmentRegion<T>(start, count);
    }

    /// <summary>As <see cref="Reserve"/>, in the part of the segment that is for huge pages.</summary>
    /// <param name="count">Number of records.</param>
    /// <param name="alignment">Alignment in bytes, a power of two.</param>
    public SegmentRegion<T> ReserveDense<T>(int count, int alignment = DefaultAlignment)
        where T : unmanaged
    {
        SegmentRegion<T> region = Reserve<T>(count, alignment);
        Dense = (Dense.End == 0 ? region.Offset : Dense.Start, Length);
        return region;
    }

    private static unsafe int SizeOf<T>()
        where T : unmanaged
    {
        // SAFETY: no memory is touched; the size of an unmanaged type is a constant.
        return sizeof(T);
    }
}
