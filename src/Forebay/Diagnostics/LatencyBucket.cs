namespace Forebay.Diagnostics;

/// <summary>Operations that took less than a bound, and no less than the bound of the bucket before.</summary>
/// <param name="Below">
/// The bound, twice that of the bucket before; <see cref="Timeout.InfiniteTimeSpan"/> = none.
/// </param>
/// <param name="Operations">How many.</param>
public readonly record struct LatencyBucket(TimeSpan Below, long Operations);
