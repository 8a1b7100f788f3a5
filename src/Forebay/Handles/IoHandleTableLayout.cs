using Forebay.Memory;

namespace Forebay.Handles;

/// <summary>Where the handle table lies in a segment.</summary>
internal sealed class IoHandleTableLayout
{
    /// <summary>
    /// Largest number of frames per operation: 1 MiB of 8 KiB pages; the counts are bytes, the scatter list lies on the
    /// executor's stack.
    /// </summary>
    public const int CombineLimit = 128;

    /// <summary>Reserves room for <paramref name="sessions"/> × <paramref name="perSession"/> handles.</summary>
    public IoHandleTableLayout(SegmentLayout layout, int sessions, int perSession, int combineMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sessions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(perSession, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(combineMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(combineMax, CombineLimit);
        PerSession = perSession;
        CombineMax = combineMax;
        int count = checked(sessions * perSession);
        Handles = layout.Reserve<IoHandle>(count);
        Frames = layout.Reserve<int>(checked(count * combineMax));
        Data = layout.Reserve<long>(checked(count * combineMax));
    }

    /// <summary>Handles per session.</summary>
    public int PerSession { get; }

    /// <summary>Most frames of one operation.</summary>
    public int CombineMax { get; }

    /// <summary>The handles.</summary>
    public SegmentRegion<IoHandle> Handles { get; }

    /// <summary>Frame numbers, combineMax per handle.</summary>
    public SegmentRegion<int> Frames { get; }

    /// <summary>Data words, combineMax per handle.</summary>
    public SegmentRegion<long> Data { get; }
}
