using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Forebay.Microbenchmarks.Pairs;

/// <summary>The series as a Markdown table and as JSON.</summary>
internal static class PairReport
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public static string Machine =>
        $"{Environment.ProcessorCount} cores ({Cpu()}), {RuntimeInformation.OSDescription}, "
        + $"kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, .NET {Environment.Version}";

    public static string Markdown(IReadOnlyList<PairResult> results, int rounds)
    {
        StringBuilder text = new();
        text.Append("# Microbenchmarks, side by side\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Machine: {Machine}\n\n");
        text.Append(CultureInfo.InvariantCulture,
            $"{rounds} rounds; in each, the lanes of a series take turns, forwards and backwards. Ratios are ");
        text.Append("rates over the first lane's of the same round. Made by\n");
        text.Append("`dotnet run -c Release --project bench/Forebay.Microbenchmarks -- pairs`.\n\n");
        text.Append("| series | lane | ns/op (median) | CPU ns/op | million op/s | ÷ first, median | ÷ first, worst ");
        text.Append("| bytes/op |\n|---|---|---|---|---|---|---|---|\n");
        foreach (PairResult result in results)
        {
            foreach (LaneResult lane in result.Lanes)
            {
                double[] ratios = lane.RateRatios(result.Lanes[0]);
                text.Append(CultureInfo.InvariantCulture,
                    $"| {result.Title} | {lane.Name} | {lane.Nanoseconds:0.0} | {lane.CpuNanoseconds:0.0} ");
                text.Append(CultureInfo.InvariantCulture,
                    $"| {1000 / lane.Nanoseconds:0.00} ");
                text.Append(CultureInfo.InvariantCulture,
                    $"| {LaneResult.Median(ratios):0.000} | {ratios[0]:0.000} | {lane.AllocatedBytes:0.###} |\n");
            }
        }

        return text.ToString();
    }

    public static string Json(IReadOnlyList<PairResult> results) => JsonSerializer.Serialize(
        new
        {
            machine = Machine,
            series = results.Select(result => new
            {
                title = result.Title,
                lanes = result.Lanes.Select(lane => new
                {
                    name = lane.Name,
                    nanoseconds = lane.Turns.Select(turn => Math.Round(turn.Nanoseconds, 3)),
                    cpuNanoseconds = lane.Turns.Select(turn => Math.Round(turn.CpuNanoseconds, 3)),
                    allocatedBytes = lane.AllocatedBytes,
                    ratioMedian = Math.Round(LaneResult.Median(lane.RateRatios(result.Lanes[0])), 4),
                    ratioWorst = Math.Round(lane.RateRatios(result.Lanes[0])[0], 4),
                }),
            }),
        },
        s_json);

    private static string Cpu() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
        ?.Split(':')[1].Trim() ?? "unknown";
}
