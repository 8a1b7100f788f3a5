namespace Forebay.Buffers;

/// <summary>Notes nothing: no other process has the frames, and what this one has ends with it.</summary>
internal readonly struct NoReach : IReach
{
    /// <inheritdoc/>
    public void Reach(int frame)
    {
    }

    /// <inheritdoc/>
    public void Settle()
    {
    }
}
