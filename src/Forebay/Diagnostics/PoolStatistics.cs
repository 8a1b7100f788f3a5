namespace Forebay.Diagnostics;

/// <summary>What sessions met with in a pool, besides what they did.</summary>
/// <param name="Joined">Pages whose read somebody else had started.</param>
/// <param name="Waits">Times that a read had to be waited for.</param>
/// <param name="Bisections">Operations issued to find out which page of a failed run cannot be read.</param>
/// <param name="WriteBackFailures">Writes of dirty victims that have failed.</param>
public sealed record PoolStatistics(long Joined, long Waits, long Bisections, long WriteBackFailures);
