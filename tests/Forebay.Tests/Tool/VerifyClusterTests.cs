using System.Globalization;
using System.Text.Json;
using Forebay.Tests.PostgreSql;

namespace Forebay.Tests.Tool;

/// <summary>What PostgreSQL itself says of its data directory, clean and damaged, the tool has to say too.</summary>
public sealed class VerifyClusterTests(ClusterFixture cluster, DamagedCluster damaged) : IClassFixture<DamagedCluster>
{
    private const int FilesOfCluster = 974;
    private const int BlocksOfCluster = 4582;

    public static TheoryData<string, string> Cases() => MethodCases.MethodsAndModes();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_CleanCluster_GivesPostgreSqlsAnswers(string method, string direct)
    {
        MethodCases.Require(method);
        MethodCases.RequireMode(direct, cluster.DataDirectory);
        ToolRun run = ToolRun.Of(
            "verify", cluster.DataDirectory, "--json", "--io-method", method, "--io-direct", direct);
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.Code);
        AssertCounts(run.Json, badChecksums: 0);
        Assert.Equal(method, run.Json.GetProperty("io_method").GetString());
        Assert.Equal(0, run.Json.GetProperty("bad").GetArrayLength());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_CorruptedCluster_FindsExactlyWhatPostgreSqlFinds(string method, string direct)
    {
        MethodCases.Require(method);
        MethodCases.RequireMode(direct, damaged.DataDirectory);
        ToolRun run = ToolRun.Of(
            "verify", "--io-method", method, "--io-direct", direct, "--json", damaged.DataDirectory);
        Assert.Equal(1, run.Code);
        AssertCounts(run.Json, damaged.BadChecksums);
        List<BadPage> expected = BadPage.OfCorruptedCluster();
        Assert.Equal(expected, BadPages(run.Json));
        Assert.Equal(
            expected.Select(Line).Order(StringComparer.Ordinal), run.ErrorLines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Verify_WithoutOptions_PrintsASummaryForPeople()
    {
        ToolRun run = ToolRun.Of("verify", damaged.DataDirectory);
        Assert.Equal(1, run.Code);
        Assert.Contains("Files scanned:   974\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Blocks scanned:  4582\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("Bad checksums:   24\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(BadPage.OfCorruptedCluster().Count, run.ErrorLines.Length);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("1000")]
    public void Verify_AnyConcurrency_GivesTheSame(string concurrency)
    {
        ToolRun run = ToolRun.Of("verify", damaged.DataDirectory, "--json", "--concurrency", concurrency);
        Assert.Equal(1, run.Code);
        AssertCounts(run.Json, damaged.BadChecksums);
        Assert.Equal(BadPage.OfCorruptedCluster(), BadPages(run.Json));
    }

    [Fact]
    public void Verify_PageThatWasNeverInitialised_IsCountedAndNotChecked()
    {
        using SmallCluster copy = new(cluster);
        const int PageBytes = 8192;
        const int UpperOffset = 14;
        byte[] page = File.ReadAllBytes(copy.InCopy("base/5/16384"))[..PageBytes];
        page.AsSpan(UpperOffset, 2).Clear();
        using (FileStream file = File.Open(copy.InCopy("base/5/16384"), FileMode.Append))
            file.Write(page);
        ToolRun run = ToolRun.Of("verify", copy.DataDirectory, "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal(SmallCluster.Blocks + 1, run.Json.GetProperty("blocks_scanned").GetInt64());
    }

    [Fact]
    public void Verify_ClusterOfAnOlderVersion_IsReadTheSame()
    {
        using SmallCluster copy = new(cluster);
        string control = ClusterFixture.TestData("postgresql-15/pg_control");
        File.Copy(control, copy.InCopy("global/pg_control"), overwrite: true);
        ToolRun run = ToolRun.Of("verify", copy.DataDirectory, "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal(SmallCluster.Blocks, run.Json.GetProperty("blocks_scanned").GetInt64());
    }

    [Fact]
    public void Verify_Tablespace_IsPartOfTheDirectory()
    {
        using SmallCluster copy = new(cluster);
        string elsewhere = Directory.CreateTempSubdirectory("forebay-tablespace-").FullName;
        try
        {
            string folder = Path.Combine(elsewhere, "PG_18_202506291", "5");
            Directory.CreateDirectory(folder);
            File.CreateSymbolicLink(copy.InCopy("pg_tblspc/16999"), elsewhere);
            File.Copy(copy.InCopy("base/5/16384"), Path.Combine(folder, "17000"));
            copy.Flip("pg_tblspc/16999/PG_18_202506291/5/17000", 8192 + 100, 1);
            ToolRun run = ToolRun.Of("verify", copy.DataDirectory, "--json");
            Assert.Equal(1, run.Code);
            Assert.Equal(SmallCluster.Files + 1, run.Json.GetProperty("files_scanned").GetInt64());
            BadPage page = Assert.Single(BadPages(run.Json));
            Assert.Equal("pg_tblspc/16999/PG_18_202506291/5/17000", page.File);
            Assert.Equal(1u, page.Block);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public void Verify_Json_HasExactlyItsFields()
    {
        ToolRun run = ToolRun.Of("verify", cluster.DataDirectory, "--json");
        Assert.Equal(
            ["files_scanned", "blocks_scanned", "bad_checksums", "bad", "errors", "io_method", "seconds",
                "mib_per_s", "cpu_s"],
            run.Json.EnumerateObject().Select(property => property.Name));
        Assert.True(run.Json.GetProperty("seconds").GetDouble() > 0);
        Assert.True(run.Json.GetProperty("mib_per_s").GetDouble() > 0);
        Assert.True(run.Json.GetProperty("cpu_s").GetDouble() > 0);
    }

    private static void AssertCounts(JsonElement report, int badChecksums)
    {
        Assert.Equal(FilesOfCluster, report.GetProperty("files_scanned").GetInt64());
        Assert.Equal(BlocksOfCluster, report.GetProperty("blocks_scanned").GetInt64());
        Assert.Equal(badChecksums, report.GetProperty("bad_checksums").GetInt64());
        Assert.Equal(0, report.GetProperty("errors").GetArrayLength());
    }

    private static List<BadPage> BadPages(JsonElement report) =>
    [
        .. report.GetProperty("bad").EnumerateArray().Select(page => new BadPage(
            page.GetProperty("file").GetString()!,
            page.GetProperty("block").GetUInt32(),
            Checksum(page.GetProperty("calculated").GetString()!),
            Checksum(page.GetProperty("stored").GetString()!))),
    ];

    // Upper case and no zeros in front: only then does it come back the same.
    private static ushort Checksum(string text)
    {
        ushort value = ushort.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(value.ToString("X", CultureInfo.InvariantCulture), text);
        return value;
    }

    private static string Line(BadPage page) => string.Create(CultureInfo.InvariantCulture,
        $"bad checksum: file \"{page.File}\", block {page.Block}: "
        + $"calculated {page.Calculated:X}, stored {page.Stored:X}");
}
