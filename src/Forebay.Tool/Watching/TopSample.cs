using Forebay.Diagnostics;

namespace Forebay.Tool.Watching;

/// <summary>Looks at an instance again and again, and makes rates of what has been counted in between.</summary>
internal sealed class TopSample(ForebayViewer viewer, TimeProvider time)
{
    private const double BytesPerMebibyte = 1 << 20;
    private const double MicrosecondsPerMillisecond = 1000;

    private IReadOnlyList<IoStatistics> _before = [];
    private long _at;
    private int _refreshes;

    /// <summary>Looks once.</summary>
    public TopReport Take(TopOrder order)
    {
        IReadOnlyList<IoStatistics> rows = viewer.GetStatistics().Rows;
        long now = time.GetTimestamp();
        double seconds = _refreshes == 0 ? 0 : time.GetElapsedTime(_at, now).TotalSeconds;
        List<TopReport.Rate> rates = [];
        for (int i = 0; i < rows.Count && seconds > 0; i++)
        {
            if (RateOf(rows[i], _before[i], seconds) is { } rate)
                rates.Add(rate);
        }

        (_before, _at) = (rows, now);
        return new TopReport(++_refreshes, seconds, viewer.AttachedProcesses, rates,
            [.. viewer.GetWaits().Select(WaitOf)],
            BuffersReport.Of(viewer.GetBufferSummary()).Summary!,
            [.. Sorted(InFlightReport.Of(viewer.GetInFlight()).InFlight, order)]);
    }

    private static IEnumerable<InFlightReport.IoEntry> Sorted(
        IEnumerable<InFlightReport.IoEntry> rows, TopOrder order) =>
        order switch
        {
            TopOrder.Age => rows.OrderByDescending(row => row.AgeUs ?? -1),
            TopOrder.Length => rows.OrderByDescending(row => row.Length ?? -1),
            TopOrder.Process => rows.OrderBy(row => row.Pid).ThenBy(row => row.IoId),
            TopOrder.Waiters => rows.OrderByDescending(row => row.Waiters),
            _ => throw new ArgumentOutOfRangeException(nameof(order), order, null),
        };

    private static TopReport.Rate? RateOf(IoStatistics now, IoStatistics before, double seconds)
    {
        long operations = now.Operations - before.Operations;
        if (operations == 0)
            return null;
        long timed = now.Latencies.Sum(static bucket => bucket.Operations)
            - before.Latencies.Sum(static bucket => bucket.Operations);
        double microseconds = (now.Time - before.Time).TotalMilliseconds * MicrosecondsPerMillisecond;
        return new TopReport.Rate(
            ViewWords.Of(now.Object), ViewWords.Of(now.Context), ViewWords.Of(now.Operation),
            operations / seconds,
            (now.Bytes - before.Bytes) / BytesPerMebibyte / seconds,
            timed == 0 ? 0 : microseconds / timed);
    }

    private static TopReport.Wait WaitOf(WaitingSession row) => new(
        row.Process, row.Session, ViewWords.Of(row.Kind), row.Handle, row.Frame,
        (long)(row.Age.TotalMilliseconds * MicrosecondsPerMillisecond));
}
