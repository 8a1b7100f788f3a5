namespace Forebay.Microbenchmarks.Pairs;

/// <summary>One side of a comparison: a piece of work that is repeated for as long as a turn lasts.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Operations">Operations in one call of the work.</param>
/// <param name="Work">The work.</param>
internal sealed record Lane(string Name, long Operations, Action Work);
