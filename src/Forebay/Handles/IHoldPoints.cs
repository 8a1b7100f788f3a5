namespace Forebay.Handles;

/// <summary>
/// A test's hand inside the engine. Called on whatever thread reaches the point, and may block it; production code
/// passes none, and then a point costs one comparison.
/// </summary>
public interface IHoldPoints
{
    /// <summary>A point was reached.</summary>
    /// <param name="point">Which.</param>
    /// <param name="handle">The operation.</param>
    /// <param name="rawResult">Bytes or -errno; replaceable at <see cref="HoldPoint.RawResult"/> only.</param>
    void Reached(HoldPoint point, in IoHandleView handle, ref int rawResult);
}
