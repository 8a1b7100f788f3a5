using System.Text.Json;
using Forebay.Tests.PostgreSql;
using Forebay.Tests.Support;

namespace Forebay.Tests.Tool;

/// <summary>The tool as people and scripts run it: streams, exit codes, signals.</summary>
public sealed class ToolProcessTests(ClusterFixture cluster)
{
    private const string Tool = "Forebay.Tool.dll";

    [Fact]
    public async Task Verify_CleanCluster_PrintsNothingButTheJson()
    {
        using ProcessRun run = ProcessRun.Start(Tool, "verify", cluster.DataDirectory, "--json");
        (int code, string output, string errors) = await run.EndAsync();
        Assert.Equal(("", 0), (errors, code));
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal(4582, report.RootElement.GetProperty("blocks_scanned").GetInt64());
    }

    [Fact]
    public async Task Verify_NoSuchPath_EndsWithTwo()
    {
        using ProcessRun run = ProcessRun.Start(Tool, "verify", "no/such/path", "--json");
        (int code, string output, string errors) = await run.EndAsync();
        Assert.Equal((2, ""), (code, output));
        Assert.Equal("forebay: no/such/path: no such file\n", errors);
    }

    [Fact]
    public async Task Run_BadOption_EndsWithTwo()
    {
        using ProcessRun run = ProcessRun.Start(Tool, "bench", "--nonsense");
        (int code, string output, string errors) = await run.EndAsync();
        Assert.Equal((2, ""), (code, output));
        Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Bench_Signalled_RemovesWhatItMade(string signal)
    {
        string folder = Directory.CreateTempSubdirectory("forebay-bench-signal-").FullName;
        try
        {
            string data = Path.Combine(folder, "data");
            using ProcessRun run = ProcessRun.Start(Tool, "bench", "--data", data, "--size", "64MiB", "--json");
            Eventually.Holds(() => Directory.Exists(data) && Directory.EnumerateFiles(
                data, "*", SearchOption.AllDirectories).Any(), "the benchmark writes");
            run.Signal(signal);
            (int code, string output, string errors) = await run.EndAsync();
            Assert.Equal((2, "", "forebay: interrupted.\n"), (code, output, errors));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
