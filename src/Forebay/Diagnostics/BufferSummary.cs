namespace Forebay.Diagnostics;

/// <summary>
/// The frames of the pool by what they are, as in PostgreSQL's <c>pg_buffercache_summary()</c> and
/// <c>pg_buffercache_usage_counts()</c>.
/// </summary>
/// <param name="Frames">All of them.</param>
/// <param name="Used">Those that hold a page.</param>
/// <param name="Dirty">Those whose page is newer than the file.</param>
/// <param name="Pinned">Those that somebody has pinned.</param>
/// <param name="InProgress">Those in the hands of an operation.</param>
/// <param name="ByUsage">Used ones by usage count, from 0 to 5.</param>
public sealed record BufferSummary(
    int Frames, int Used, int Dirty, int Pinned, int InProgress, IReadOnlyList<int> ByUsage)
{
    /// <summary>Used frames' average usage count; 0 if there is none.</summary>
    public double AverageUsage =>
        Used == 0 ? 0 : ByUsage.Select((frames, usage) => (double)frames * usage).Sum() / Used;
}
