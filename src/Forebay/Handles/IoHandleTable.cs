using System.Runtime.CompilerServices;
using Forebay.Memory;

namespace Forebay.Handles;

/// <summary>
/// All handles of an instance with their frames and data words, in the segment. A session slot owns a fixed run of
/// handles: slot s has [s × perSession, (s + 1) × perSession).
/// </summary>
internal sealed class IoHandleTable
{
    private readonly SegmentArray<IoHandle> _handles;
    private readonly SegmentArray<int> _frames;
    private readonly SegmentArray<long> _data;

    /// <summary>The table over its regions of a segment.</summary>
    public IoHandleTable(SharedSegment segment, IoHandleTableLayout layout)
    {
        PerSession = layout.PerSession;
        CombineMax = layout.CombineMax;
        _handles = segment.Array(layout.Handles);
        _frames = segment.Array(layout.Frames);
        _data = segment.Array(layout.Data);
    }

    /// <summary>Handles per session slot.</summary>
    public int PerSession { get; }

    /// <summary>Most frames of one operation.</summary>
    public int CombineMax { get; }

    /// <summary>Number of handles.</summary>
    public int Count => _handles.Length;

    /// <summary>A handle by index.</summary>
    public ref IoHandle this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _handles[index];
    }

    /// <summary>All frame entries of a handle; the first FrameCount are set.</summary>
    public Span<int> FrameRoom(int index) => _frames.Slice(index * CombineMax, CombineMax);

    /// <summary>The frames of a handle's transfer, in the order of the file.</summary>
    public ReadOnlySpan<int> Frames(int index) =>
        _frames.Slice(index * CombineMax, _handles[index].FrameCount);

    /// <summary>All data words of a handle.</summary>
    public Span<long> DataRoom(int index) => _data.Slice(index * CombineMax, CombineMax);
}
