namespace Forebay.Buffers;

/// <summary>
/// Whether a hit notes which frame it is about to pin. As a struct, so that each way of looking a page up is compiled
/// by itself: where nobody shares the frames, nothing of it is left.
/// </summary>
internal interface IReach
{
    /// <summary>The frame is about to be pinned.</summary>
    void Reach(int frame);

    /// <summary>The pin is noted, or there was none.</summary>
    void Settle();
}
