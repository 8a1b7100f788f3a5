using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Reporting;

/// <summary>What a reader must know of the machine.</summary>
internal static class Machine
{
    private static readonly Lazy<string> s_description = new(Make);

    public static string Describe() => s_description.Value;

    private static string Make()
    {
        string memory = string.Create(CultureInfo.InvariantCulture,
            $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):0.#} GiB");
        MethodAvailability? rings =
            MethodAvailability.Probe().FirstOrDefault(found => found.Method == IoMethod.IoUring);
        string features = rings is { IsAvailable: true } ? string.Join(", ", rings.Features) : "refused";
        string version = typeof(ForebayInstance).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return $"{Environment.ProcessorCount} cores ({Cpu()}), {memory}, {RuntimeInformation.OSDescription}, "
            + $"kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, .NET {Environment.Version}, "
            + $"{Programs.Version("fio") ?? "no fio"}, Forebay {version[..Math.Min(version.Length, 14)]}; "
            + $"memlock limit {MemoryLock()}; io_uring: {features}";
    }

    private static string MemoryLock() => File.ReadLines("/proc/self/limits")
        .FirstOrDefault(line => line.StartsWith("Max locked memory", StringComparison.Ordinal))
        ?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3] ?? "unknown";

    private static string Cpu() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
        ?.Split(':')[1].Trim() ?? "unknown";
}
