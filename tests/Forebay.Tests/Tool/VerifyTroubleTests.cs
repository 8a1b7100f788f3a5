using System.Text.Json;
using Forebay.Tests.PostgreSql;
using Forebay.Tool.Parsing;
using Forebay.Tool.Verifying;

namespace Forebay.Tests.Tool;

/// <summary>Files that go away, shrink, or cannot be read; directories that cannot be verified.</summary>
public sealed class VerifyTroubleTests(ClusterFixture cluster)
{
    private const int PageBytes = 8192;

    public static TheoryData<string, string> Cases() => MethodCases.MethodsAndModes();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_FileShrinksAfterItWasListed_IsAnErrorAndTheRestIsChecked(string method, string direct)
    {
        MethodCases.Require(method);
        MethodCases.RequireMode(direct, cluster.DataDirectory);
        using SmallCluster copy = new(cluster);
        const int PagesLeft = 100;
        VerifyTally tally = Verify(copy, method, direct, input =>
        {
            if (input.Name != SmallCluster.Table)
                return;
            using FileStream file = File.OpenWrite(input.FullPath);
            file.SetLength(PagesLeft * PageBytes);
        });
        VerifyReport.FileError error = Assert.Single(tally.Errors());
        Assert.Equal(SmallCluster.Table, error.File);
        Assert.Contains("the file ends before block 100", error.Message, StringComparison.Ordinal);
        Assert.Equal(SmallCluster.Files, tally.Files);
        Assert.Equal(SmallCluster.Blocks - SmallCluster.TableBlocks + PagesLeft, tally.Blocks);
        Assert.Empty(tally.Bad());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Verify_FileGoesAwayAfterItWasListed_IsAnErrorAndTheRestIsChecked(string method, string direct)
    {
        MethodCases.Require(method);
        MethodCases.RequireMode(direct, cluster.DataDirectory);
        using SmallCluster copy = new(cluster);
        VerifyTally tally = Verify(copy, method, direct, input =>
        {
            if (input.Name is SmallCluster.Table or SmallCluster.Empty)
                File.Delete(input.FullPath);
        });
        Assert.Equal([SmallCluster.Table, SmallCluster.Empty], tally.Errors().Select(error => error.File));
        Assert.Equal(SmallCluster.Files - 2, tally.Files);
        Assert.Equal(SmallCluster.Blocks - SmallCluster.TableBlocks, tally.Blocks);
    }

    [Fact]
    public void Verify_DirectoryInPlaceOfAFile_IsAnErrorAndTheRestIsChecked()
    {
        using SmallCluster copy = new(cluster);
        VerifyTally tally = Verify(copy, "worker", "off", input =>
        {
            if (input.Name != SmallCluster.Table)
                return;
            File.Delete(input.FullPath);
            Directory.CreateDirectory(input.FullPath);
        });
        Assert.Equal(SmallCluster.Table, Assert.Single(tally.Errors()).File);
        Assert.Equal(SmallCluster.Blocks - SmallCluster.TableBlocks, tally.Blocks);
    }

    [Fact]
    public void Verify_DanglingLink_IsAnErrorAndTheJsonIsPrinted()
    {
        using SmallCluster copy = new(cluster);
        File.CreateSymbolicLink(copy.InCopy("base/5/99999"), copy.InCopy("nowhere"));
        ToolRun run = ToolRun.Of("verify", copy.DataDirectory, "--json");
        Assert.Equal(2, run.Code);
        Assert.Equal(SmallCluster.Files, run.Json.GetProperty("files_scanned").GetInt64());
        JsonElement error = Assert.Single(run.Json.GetProperty("errors").EnumerateArray());
        Assert.Equal("base/5/99999", error.GetProperty("file").GetString());
    }

    [Fact]
    public void Verify_ForeignFile_IsAnErrorAndTheRestIsChecked()
    {
        using SmallCluster copy = new(cluster);
        File.WriteAllText(copy.InCopy("base/5/notes.txt"), "hello");
        ToolRun run = ToolRun.Of("verify", copy.DataDirectory);
        Assert.Equal(2, run.Code);
        Assert.Contains("Errors:          1", run.Output, StringComparison.Ordinal);
        Assert.StartsWith(
            "error: file \"base/5/notes.txt\": ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_NotShutDownCleanly_IsRefused()
    {
        using SmallCluster copy = new(cluster);
        ControlFileEdit.SetState(copy, 6);
        ToolRun.Of("verify", copy.DataDirectory, "--json").AssertRefused("must be shut down cleanly");
    }

    [Fact]
    public void Verify_WithoutChecksums_IsRefused()
    {
        using SmallCluster copy = new(cluster);
        ControlFileEdit.SetChecksumVersion(copy, 0);
        ToolRun.Of("verify", copy.DataDirectory, "--json").AssertRefused("checksums are off");
    }

    [Fact]
    public void Verify_OtherBlockSize_IsRefused()
    {
        using SmallCluster copy = new(cluster);
        ControlFileEdit.SetBlockSize(copy, 16384);
        ToolRun.Of("verify", copy.DataDirectory, "--json").AssertRefused("pages of 16384 bytes");
    }

    [Fact]
    public void Verify_DamagedControlFile_IsRefused()
    {
        using SmallCluster copy = new(cluster);
        copy.Flip("global/pg_control", 40, 1);
        ToolRun.Of("verify", copy.DataDirectory, "--json").AssertRefused("pg_control: damaged");
    }

    [Fact]
    public void Verify_NoSuchPath_IsRefused() =>
        ToolRun.Of("verify", cluster.DataDirectory, "no/such/file", "--json")
            .AssertRefused("no/such/file: no such file");

    [Fact]
    public void Verify_OtherDirectory_IsRefused() =>
        ToolRun.Of("verify", Path.Combine(cluster.DataDirectory, "base"), "--json")
            .AssertRefused("not a PostgreSQL data directory");

    [Fact]
    public void Verify_EmptyPath_IsRefused() => ToolRun.Of("verify", "", "--json").AssertRefused("A path is empty");

    [Fact]
    public void Verify_Interrupted_EndsWithOneLine()
    {
        using CancellationTokenSource interruption = new();
        interruption.Cancel();
        ToolRun.Of(interruption.Token, "verify", cluster.DataDirectory, "--json").AssertRefused("interrupted");
    }

    [Fact]
    public void Verify_FileSystemWithoutDirectIo_IsReadThroughThePageCacheUnlessDirectWasAskedFor()
    {
        // A file of the kernel's own, on a file system that refuses O_DIRECT. Its pages are nobody's.
        const string Types = "/sys/kernel/btf/vmlinux";
        Assert.SkipUnless(File.Exists(Types), "This kernel does not show its types as a file.");
        long pages = new FileInfo(Types).Length / PageBytes;
        ToolRun unsaid = ToolRun.Of("verify", Types, cluster.DataDirectory, "--json");
        Assert.Equal(pages + 4582, unsaid.Json.GetProperty("blocks_scanned").GetInt64());
        Assert.Equal(975, unsaid.Json.GetProperty("files_scanned").GetInt64());
        ToolRun direct = ToolRun.Of("verify", Types, "--json", "--io-direct", "on");
        Assert.Equal(2, direct.Code);
        Assert.Equal(0, direct.Json.GetProperty("blocks_scanned").GetInt64());
        Assert.Contains("does not offer direct I/O",
            direct.Json.GetProperty("errors")[0].GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    private static VerifyTally Verify(
        SmallCluster copy, string method, string direct, Action<VerifyInput> beforeFile)
    {
        VerifyInputs inputs = VerifyInputs.Find([copy.DataDirectory]);
        IoMethod ioMethod = Enum.GetValues<IoMethod>().Single(candidate => ForebayNames.Of(candidate) == method);
        VerifyOptions options = new(ioMethod, direct == "on" ? OnOff.On : OnOff.Off, 16);
        VerifyTally tally = new((_, _) => { });
        using VerifyInstances instances = new(inputs.Folder, options);
        new Verifier(inputs, instances, tally, beforeFile).Run(options.Lanes, CancellationToken.None);
        return tally;
    }
}
