using Forebay.Tests.PostgreSql;

namespace Forebay.Tests.Tool;

/// <summary>The samples run and say what is true.</summary>
public sealed class SampleTests(ClusterFixture cluster)
{
    [Fact]
    public async Task Scan_TableOfTheCluster_CountsItsPagesAndBytes()
    {
        byte[] content = await File.ReadAllBytesAsync(
            Path.Combine(cluster.DataDirectory, "base/5/16384"), TestContext.Current.CancellationToken);
        using ProcessRun run = ProcessRun.Start("Forebay.Samples.Scan.dll", cluster.DataDirectory, "5", "16384");
        (int code, string output, string errors) = await run.EndAsync();
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal($"383 pages, {content.Count(value => value != 0)} bytes in use\n", output);
    }

    [Fact]
    public async Task Scan_WithoutArguments_SaysHowItIsUsed()
    {
        using ProcessRun run = ProcessRun.Start("Forebay.Samples.Scan.dll");
        (int code, string output, string errors) = await run.EndAsync();
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("usage: ", errors, StringComparison.Ordinal);
    }
}
