using System.Globalization;
using Forebay.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Forebay.Hosting;

/// <summary>
/// How an instance is: stopped is unhealthy; operations older than the stuck threshold, or of processes that are dead,
/// make it degraded. Looks at the segment only, so it answers while all I/O hangs.
/// </summary>
internal sealed class ForebayHealthCheck(ForebayInstance instance) : IHealthCheck
{
    private static readonly TimeSpan s_thresholdByDefault = new ForebayOptions().StuckIoThreshold;

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check(context));

    private HealthCheckResult Check(HealthCheckContext context)
    {
        try
        {
            IReadOnlyList<InFlightOperation> inFlight = instance.GetInFlight();
            TimeSpan threshold = instance.Options.StuckIoThreshold == Timeout.InfiniteTimeSpan
                ? s_thresholdByDefault
                : instance.Options.StuckIoThreshold;
            List<InFlightOperation> stuck = [.. inFlight.Where(row => row.Age >= threshold)];
            List<int> dead = [.. inFlight.Select(row => row.Process).Distinct().Where(IsGone)];
            Dictionary<string, object> data = new()
            {
                ["io_method"] = ForebayNames.Of(instance.Method.Effective),
                ["in_flight"] = inFlight.Count,
                ["stuck"] = stuck.Count,
                ["processes"] = instance.AttachedProcesses,
                ["dead_processes_with_io"] = dead.Count,
            };
            if (instance.StopReason is { } reason)
            {
                return new HealthCheckResult(
                    context.Registration.FailureStatus, $"The instance has stopped: {reason}", data: data);
            }

            string? trouble = Trouble(stuck, dead);
            return trouble is null
                ? HealthCheckResult.Healthy(data: data)
                : HealthCheckResult.Degraded(trouble, data: data);
        }
        catch (ObjectDisposedException disposed)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The instance is disposed.", disposed);
        }
    }

    private static string? Trouble(List<InFlightOperation> stuck, List<int> dead)
    {
        if (stuck.Count > 0)
        {
            InFlightOperation oldest = stuck.MaxBy(row => row.Age)!;
            return string.Create(CultureInfo.InvariantCulture, $"{stuck.Count} operations are stuck; the oldest, "
                + $"{oldest.TargetDescription ?? "not described"}, for {oldest.Age?.TotalSeconds:0} s, in process "
                + $"{oldest.Process}.");
        }

        return dead.Count == 0
            ? null
            : $"Operations of processes that are dead are not over yet: {string.Join(", ", dead)}.";
    }

    private static bool IsGone(int process) => process != Environment.ProcessId
        && !Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}"));
}
