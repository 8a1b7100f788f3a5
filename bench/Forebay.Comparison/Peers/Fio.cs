using System.Globalization;
using System.Text.Json;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Peers;

/// <summary>
/// fio on the same file: the ceiling. io_uring with fixed buffers, registered files and deferred task work, or psync.
/// CPU is that of its job, as fio itself accounts it.
/// </summary>
internal sealed class Fio(DataFile file, string engine, bool random, int blockBytes, int depth) : Contender
{
    public bool Direct { get; init; } = true;

    public int Jobs { get; init; } = 1;

    public override string Name => $"fio {engine}, {blockBytes / 1024} KiB, "
        + (Jobs > 1 ? $"{Jobs} threads" : $"depth {depth}");

    public override string? Missing => Programs.Find("fio") is null ? "fio is not installed" : null;

    public override bool NeedsWarmUp => false;

    public override Measurement Run(Turn turn)
    {
        string output = Programs.Run("fio", Arguments(turn));
        using JsonDocument document = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        JsonElement job = document.RootElement.GetProperty("jobs")[0];
        JsonElement read = job.GetProperty("read");
        double duration = read.GetProperty("runtime").GetDouble() / 1000;
        double share = (job.GetProperty("usr_cpu").GetDouble() + job.GetProperty("sys_cpu").GetDouble()) / 100;
        double cpu = duration * share * Jobs; // of a group, fio reports the mean share of its threads
        Dictionary<string, double> figures = [];
        if (depth == 1 && Jobs == 1)
        {
            JsonElement percentiles = read.GetProperty("lat_ns").GetProperty("percentile");
            figures["p50 µs"] = percentiles.GetProperty("50.000000").GetDouble() / 1000;
            figures["p99 µs"] = percentiles.GetProperty("99.000000").GetDouble() / 1000;
        }

        return new Measurement(read.GetProperty("io_bytes").GetInt64() / PageBytes, duration, cpu, null, figures);
    }

    private List<string> Arguments(Turn turn)
    {
        List<string> arguments =
        [
            "--name=peer", $"--filename={file.Path}", $"--size={file.Bytes}", $"--rw={(random ? "randread" : "read")}",
            $"--direct={(Direct ? 1 : 0)}", $"--bs={blockBytes}", $"--iodepth={depth}", $"--randseed={turn.Seed}",
            "--output-format=json", "--thread", "--readonly", "--invalidate=0", $"--ioengine={engine}",
            $"--numjobs={Jobs}", "--group_reporting", "--lat_percentiles=1",
        ];
        if (engine == "io_uring")
        {
            arguments.AddRange(["--fixedbufs", "--registerfiles", "--nonvectored=1"]);
            if (depth > 1)
            {
                arguments.AddRange([
                    "--iodepth_batch_submit=16", "--iodepth_batch_complete_min=1", "--iodepth_batch_complete_max=16",
                ]);
            }
        }

        if (random)
        {
            arguments.AddRange([
                "--time_based", "--norandommap",
                string.Create(CultureInfo.InvariantCulture, $"--runtime={turn.Seconds * 1000:0}ms"),
            ]);
        }

        return arguments;
    }
}
