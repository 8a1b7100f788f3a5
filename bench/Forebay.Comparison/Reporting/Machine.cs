using System.Globalization;
using System.Runtime.InteropServices;

namespace Forebay.Comparison.Reporting;

/// <summary>What a reader must know of the machine.</summary>
internal static class Machine
{
    public static string Describe()
    {
        string memory = string.Create(CultureInfo.InvariantCulture,
            $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):0.#} GiB");
        return $"{Environment.ProcessorCount} cores ({Cpu()}), {memory}, {RuntimeInformation.OSDescription}, "
            + $".NET {Environment.Version}";
    }

    private static string Cpu() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
        ?.Split(':')[1].Trim() ?? "unknown";
}
