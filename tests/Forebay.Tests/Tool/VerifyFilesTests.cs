using System.Text.Json;
using Forebay.Tests.PostgreSql;

namespace Forebay.Tests.Tool;

/// <summary>Single relation files, and several paths at once.</summary>
public sealed class VerifyFilesTests(ClusterFixture cluster)
{
    private const int PageBytes = 8192;

    private string Ints => Path.Combine(cluster.DataDirectory, "base/5/16384");

    [Fact]
    public void Verify_SingleFile_IsCheckedByItself()
    {
        ToolRun run = ToolRun.Of("verify", Ints, "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal(1, run.Json.GetProperty("files_scanned").GetInt64());
        Assert.Equal(383, run.Json.GetProperty("blocks_scanned").GetInt64());
    }

    [Fact]
    public void Verify_SecondSegment_IsCheckedWithItsPlaceInTheRelation()
    {
        // The pages of a first segment in the place of a second: each checksum is off by what the place is worth.
        using SmallCluster copy = new(cluster);
        File.Copy(copy.InCopy("base/5/16384"), copy.InCopy("base/5/20000.1"));
        ToolRun run = ToolRun.Of("verify", copy.InCopy("base/5/20000.1"), "--json");
        Assert.Equal(1, run.Code);
        Assert.Equal(383, run.Json.GetProperty("bad_checksums").GetInt64());
        JsonElement first = run.Json.GetProperty("bad")[0];
        Assert.Equal(0u, first.GetProperty("block").GetUInt32());
        Assert.Equal(copy.InCopy("base/5/20000.1"), first.GetProperty("file").GetString());
    }

    [Fact]
    public void Verify_SeveralPaths_AddsThemUp()
    {
        using SmallCluster copy = new(cluster);
        ToolRun run = ToolRun.Of("verify", copy.InCopy("base/5/16384"), Ints + "_vm", cluster.DataDirectory, "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal(975, run.Json.GetProperty("files_scanned").GetInt64());
        Assert.Equal(4582 + 383, run.Json.GetProperty("blocks_scanned").GetInt64());
    }

    [Fact]
    public void Verify_FileNamedTwice_IsLookedAtOnce()
    {
        ToolRun run = ToolRun.Of("verify", Ints, Ints, cluster.DataDirectory, "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal(974, run.Json.GetProperty("files_scanned").GetInt64());
        Assert.Equal(4582, run.Json.GetProperty("blocks_scanned").GetInt64());
    }

    [Fact]
    public void Verify_SeveralDirectories_SaysOnStderrWhichOneAFileIsIn()
    {
        using SmallCluster copy = new(cluster);
        copy.Flip("base/5/16384", 100, 1);
        ToolRun run = ToolRun.Of("verify", cluster.DataDirectory, copy.DataDirectory, "--json");
        Assert.Equal(1, run.Code);
        Assert.Contains(
            $"\"{copy.InCopy("base/5/16384")}\"", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("base/5/16384", run.Json.GetProperty("bad")[0].GetProperty("file").GetString());
    }

    [Fact]
    public void Verify_LinkToAFile_IsFollowed()
    {
        string folder = Directory.CreateTempSubdirectory("forebay-link-").FullName;
        try
        {
            string link = Path.Combine(folder, "16384");
            File.CreateSymbolicLink(link, Ints);
            ToolRun run = ToolRun.Of("verify", link, "--json");
            Assert.Equal(0, run.Code);
            Assert.Equal(383, run.Json.GetProperty("blocks_scanned").GetInt64());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Verify_EmptyFile_IsScannedAndHasNoBlocks()
    {
        string folder = Directory.CreateTempSubdirectory("forebay-empty-").FullName;
        try
        {
            string path = Path.Combine(folder, "1");
            File.WriteAllBytes(path, []);
            ToolRun run = ToolRun.Of("verify", path, "--json");
            Assert.Equal(0, run.Code);
            Assert.Equal(1, run.Json.GetProperty("files_scanned").GetInt64());
            Assert.Equal(0, run.Json.GetProperty("blocks_scanned").GetInt64());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(PageBytes - 1)]
    public void Verify_PartialLastPage_IsAnErrorAndTheRestIsChecked(int trailing)
    {
        using SmallCluster copy = new(cluster);
        using (FileStream file = File.Open(copy.InCopy("base/5/16384"), FileMode.Append))
            file.Write(new byte[trailing]);
        copy.Flip("base/5/16387", 100, 1);
        ToolRun run = ToolRun.Of("verify", copy.DataDirectory, "--json");
        Assert.Equal(2, run.Code);
        Assert.Equal(SmallCluster.Files, run.Json.GetProperty("files_scanned").GetInt64());
        Assert.Equal(SmallCluster.Blocks, run.Json.GetProperty("blocks_scanned").GetInt64());
        Assert.Equal(1, run.Json.GetProperty("bad_checksums").GetInt64());
        JsonElement error = Assert.Single(run.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal("base/5/16384", error.GetProperty("file").GetString());
        Assert.Contains($"partial page: {trailing} bytes", error.GetProperty("message").GetString()!,
            StringComparison.Ordinal);
        Assert.Contains("error: file \"base/5/16384\": ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_FileOfLessThanAPage_IsAnError()
    {
        string folder = Directory.CreateTempSubdirectory("forebay-short-").FullName;
        try
        {
            string path = Path.Combine(folder, "1");
            File.WriteAllBytes(path, new byte[100]);
            ToolRun run = ToolRun.Of("verify", path, "--json");
            Assert.Equal(2, run.Code);
            Assert.Equal(1, run.Json.GetProperty("errors").GetArrayLength());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
