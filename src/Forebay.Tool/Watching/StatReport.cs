using Forebay.Diagnostics;

namespace Forebay.Tool.Watching;

/// <summary>What <c>forebay stat --json</c> prints.</summary>
internal sealed record StatReport(IReadOnlyList<StatReport.StatEntry> Rows)
{
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>The rows of a view.</summary>
    public static StatReport Of(IEnumerable<IoStatistics> rows) => new([.. rows.Select(EntryOf)]);

    private static StatEntry EntryOf(IoStatistics row) => new(
        ViewWords.Of(row.Object), ViewWords.Of(row.Context), ViewWords.Of(row.Operation), row.Operations, row.Bytes,
        Microseconds(row.Time),
        [.. row.Latencies.Where(bucket => bucket.Operations > 0).Select(bucket => new Bucket(
            bucket.Below == Timeout.InfiniteTimeSpan ? null : Microseconds(bucket.Below), bucket.Operations))]);

    private static double Microseconds(TimeSpan time) => time.TotalMilliseconds * MicrosecondsPerMillisecond;

    /// <summary>One object, context and operation.</summary>
    internal sealed record StatEntry(string Object, string Context, string Operation, long Operations, long Bytes,
        double TimeUs, IReadOnlyList<Bucket> Latencies);

    /// <summary>Operations that took less than a bound; null = those above all bounds.</summary>
    internal sealed record Bucket(double? BelowUs, long Operations);
}
