using Forebay.PostgreSql.Clusters;
using Forebay.Tests.PostgreSql;
using Forebay.Tool.Parsing;
using Forebay.Tool.Verifying;

namespace Forebay.Tests.Tool;

/// <summary>Verifying below a server that runs: what is wrong for a moment only is no finding.</summary>
public sealed class VerifyOnlineTests(ClusterFixture cluster, DamagedCluster damaged) : IClassFixture<DamagedCluster>
{
    private const int InProduction = 6;
    private const int PageBytes = 8192;

    [Fact]
    public void Verify_ServerRuns_IsRefusedUnlessAskedFor()
    {
        using SmallCluster copy = new(cluster);
        ControlFileEdit.SetState(copy, InProduction);
        ToolRun.Of("verify", copy.DataDirectory).AssertRefused("--unsafe-online verifies it all the same");
        ToolRun run = ToolRun.Of("verify", copy.DataDirectory, "--unsafe-online", "--json");
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Equal(SmallCluster.Blocks, run.Json.GetProperty("blocks_scanned").GetInt64());

        copy.Flip(SmallCluster.Table, (7 * PageBytes) + 1000, 1);
        run = ToolRun.Of("verify", copy.DataDirectory, "--unsafe-online");
        Assert.Equal(1, run.Code);
        Assert.Contains($"\"{SmallCluster.Table}\", block 7:", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_DamageThatStays_IsWhatIsFoundAtRest()
    {
        ToolRun atRest = ToolRun.Of("verify", damaged.DataDirectory, "--json");
        ToolRun online = ToolRun.Of("verify", damaged.DataDirectory, "--json", "--unsafe-online");
        Assert.Equal(1, online.Code);
        Assert.Equal(
            atRest.Json.GetProperty("bad").GetRawText(), online.Json.GetProperty("bad").GetRawText());
    }

    [Fact]
    public void Confirm_PageThatIsRightByThen_IsNoFinding()
    {
        using SmallCluster copy = new(cluster);
        copy.Flip(SmallCluster.Table, (7 * PageBytes) + 1000, 1);
        copy.Flip(SmallCluster.Table, (9 * PageBytes) + 1000, 1);
        copy.Flip(SmallCluster.Table, ((SmallCluster.TableBlocks - 1) * PageBytes) + 1000, 1);
        VerifyInput input = VerifyInput.Of(RelationFile.Find(copy.InCopy(SmallCluster.Table)));
        SuspectPages suspects = new();
        byte[] content = File.ReadAllBytes(input.FullPath);
        foreach (uint block in new uint[] { 7, 9, SmallCluster.TableBlocks - 1 })
            suspects.Add(PageFinding.Of(input, block, content.AsSpan((int)block * PageBytes, PageBytes))!.Value);

        // One is written to its end, one stays as it is, one is cut off.
        copy.Flip(SmallCluster.Table, (9 * PageBytes) + 1000, 1);
        using (FileStream file = File.OpenWrite(input.FullPath))
            file.SetLength((SmallCluster.TableBlocks - 1) * PageBytes);
        Assert.Equal([7u], suspects.Confirm(input).Select(static page => page.Block));

        File.Delete(input.FullPath);
        Assert.Empty(suspects.Confirm(input));
        suspects.Clear();
        Assert.Empty(suspects.Confirm(input));
    }

    [Fact]
    public void Verify_FilesThatGoAndShrink_AreNoErrorsThen()
    {
        using SmallCluster copy = new(cluster);
        VerifyInputs inputs = VerifyInputs.Find([copy.DataDirectory], online: true);
        VerifyOptions options = new(IoMethod.Worker, OnOff.Off, 16) { Online = true };
        VerifyTally tally = new((_, _) => { });
        using VerifyInstances instances = new(inputs.Folder, options);
        new Verifier(inputs, instances, tally, input =>
        {
            if (input.Name == SmallCluster.Empty)
                File.Delete(input.FullPath);
            if (input.Name != SmallCluster.Table)
                return;
            using FileStream file = File.OpenWrite(input.FullPath);
            file.SetLength(100 * PageBytes);
        }).Run(options.Lanes, CancellationToken.None);
        Assert.Empty(tally.Errors());
        Assert.Empty(tally.Bad());
    }
}
