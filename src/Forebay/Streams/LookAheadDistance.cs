namespace Forebay.Streams;

/// <summary>
/// How far a stream looks ahead, and how large it makes its operations: two distances, in pages, that are controlled
/// apart. Looking far ahead costs pins, and I/O that a consumer who stops early never needs; so it grows only when the
/// consumer had to wait. Large operations cost nothing but a little patience with the first; so they grow with any I/O,
/// also where the page cache makes waits rare. Both shrink only after a long stretch without any I/O, or a stream that
/// now hits and now misses would never get ahead.
/// <code>
///                        look ahead               combine                     hold off
/// I/O, waited for        twice, to capacity       twice, to combine limit     capacity
/// I/O, not waited for    -                        twice, to combine limit     capacity
/// page found, idle       -1, to 1, if 0 held off  -1, to 1, if 0 held off     -1
/// </code>
/// Pure arithmetic: no pages, no I/O.
/// </summary>
internal struct LookAheadDistance
{
    private readonly int _combineLimit;
    private int _resumeAhead;
    private int _resumeCombine;

    /// <summary>The distances of a new stream: one page, or one whole operation.</summary>
    /// <param name="capacity">Most pages that may be pinned or asked for at a time; at least 1.</param>
    /// <param name="combineLimit">Most pages of one operation; at least 1.</param>
    /// <param name="isFull">Whether to begin with a whole operation.</param>
    public LookAheadDistance(int capacity, int combineLimit, bool isFull)
    {
        Capacity = capacity;
        _combineLimit = combineLimit;
        Ahead = Combine = isFull ? CombineMax : 1;
    }

    /// <summary>Most pages that may be pinned or asked for at a time.</summary>
    public int Capacity { get; }

    /// <summary>Pages that may be pinned or asked for now; 0 = stopped.</summary>
    public int Ahead { get; private set; }

    /// <summary>Pages to gather before an operation is started; 0 = stopped.</summary>
    public int Combine { get; private set; }

    /// <summary>Pages to be found without I/O before the distances shrink.</summary>
    public int HoldOff { get; private set; }

    /// <summary>Whether nothing new is asked for: the end, or a pause.</summary>
    public readonly bool IsStopped => Ahead == 0;

    /// <summary>Whether the stream does not look ahead at all, since it does not have to.</summary>
    public readonly bool IsMinimal => Ahead == 1 && Combine == 1;

    private readonly int CombineMax => Math.Min(Capacity, _combineLimit);

    /// <summary>An operation is over.</summary>
    /// <param name="waited">Whether the consumer had to wait for it.</param>
    public void AfterIo(bool waited)
    {
        if (waited && Ahead > 0)
            Ahead = Math.Min(2 * Ahead, Capacity);
        HoldOff = Capacity;
        if (Combine > 0 && Combine < _combineLimit)
            Combine = Math.Min(2 * Combine, CombineMax);
    }

    /// <summary>A page was found without I/O, and none is in progress.</summary>
    public void AfterHit()
    {
        if (HoldOff > 0)
        {
            HoldOff--;
            return;
        }

        if (Ahead > 1)
            Ahead--;
        if (Combine > 1)
            Combine--;
    }

    /// <summary>There are pins for so many pages only.</summary>
    public void Limit(int pages) => Ahead = Math.Min(Ahead, pages);

    /// <summary>Stops at the end of the blocks, or for a pause; the distances are remembered.</summary>
    public void Stop()
    {
        if (IsStopped)
            return;
        (_resumeAhead, _resumeCombine) = (Ahead, Combine);
        Ahead = Combine = 0;
    }

    /// <summary>Goes on at the distances at which it was stopped.</summary>
    public void Resume()
    {
        if (IsStopped)
            (Ahead, Combine) = (_resumeAhead, _resumeCombine);
    }

    /// <summary>Begins again at one page, whatever the stream began with.</summary>
    public void Restart()
    {
        Ahead = Combine = _resumeAhead = _resumeCombine = 1;
        HoldOff = 0;
    }
}
