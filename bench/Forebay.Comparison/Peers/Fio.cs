using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Peers;

/// <summary>fio on the same file: the ceiling. CPU is that of its job, as fio itself accounts it.</summary>
internal sealed class Fio(string file, int pages, string name, string engine, bool random, int blockBytes, int depth)
    : Contender(file, pages)
{
    public override string Name => name;

    public override string? Missing => Find() is null ? "fio is not installed" : null;

    public override Measurement Run(double seconds, int seed)
    {
        List<string> arguments =
        [
            "--name=peer", $"--filename={File}", $"--rw={(random ? "randread" : "read")}", "--direct=1",
            $"--bs={blockBytes}", $"--iodepth={depth}", $"--randseed={seed}", "--output-format=json", "--thread",
            "--invalidate=0", $"--ioengine={engine}",
        ];
        if (engine == "io_uring")
        {
            arguments.AddRange(["--fixedbufs", "--registerfiles", "--nonvectored=1"]);
            if (depth > 1)
                arguments.AddRange([
                    "--iodepth_batch_submit=16", "--iodepth_batch_complete_min=1", "--iodepth_batch_complete_max=16",
                ]);
        }

        if (random)
            arguments.AddRange([
                "--time_based", "--norandommap",
                string.Create(CultureInfo.InvariantCulture, $"--runtime={seconds:0.###}"),
            ]);
        using Process process = Process.Start(new ProcessStartInfo("fio", arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("fio did not start.");
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"fio failed with exit code {process.ExitCode}.");
        using JsonDocument document = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        JsonElement job = document.RootElement.GetProperty("jobs")[0];
        JsonElement read = job.GetProperty("read");
        double duration = read.GetProperty("runtime").GetDouble() / 1000;
        double share = (job.GetProperty("usr_cpu").GetDouble() + job.GetProperty("sys_cpu").GetDouble()) / 100;
        long done = read.GetProperty("io_bytes").GetInt64() / PageBytes;
        return new Measurement(done, duration, duration * share, Operations: read.GetProperty("total_ios").GetInt64());
    }

    private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Select(folder => Path.Combine(folder, "fio")).FirstOrDefault(System.IO.File.Exists);
}
