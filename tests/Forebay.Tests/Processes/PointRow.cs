using Forebay.Primitives;

namespace Forebay.Tests.Processes;

/// <summary>One way to die at a point.</summary>
/// <param name="Point">Where.</param>
/// <param name="Work">What the process does that comes by there.</param>
/// <param name="Method">The only method under which it does; null = any.</param>
/// <param name="MayStop">Whether contents were being changed, so that the instance may stop.</param>
/// <param name="First">Where the process died from which this one was taking over.</param>
/// <param name="FirstWork">What that one did.</param>
/// <param name="Passings">How often the point is passed by within a second or so, at least.</param>
internal sealed record PointRow(
    DeathPoint Point, string Work, IoMethod? Method = null, bool MayStop = false, DeathPoint? First = null,
    string FirstWork = "work", int Passings = 8)
{
    public override string ToString() => First is { } first ? $"{Point} of {first}" : $"{Point} in '{Work}'";
}
