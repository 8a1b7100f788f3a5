using Forebay.Memory;

namespace Forebay.Handles;

/// <summary>Where the handle table lies in a segment.</summary>
internal sealed class IoHandleTableLayout
{
    /// <summary>Reserves room for <paramref name="sessions"/> × <paramref name="perSession"/> handles.</summary>
    public IoHandleTableLayout(SegmentLayout layout, int sessions, int perSession, int combineMax)
    {
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
