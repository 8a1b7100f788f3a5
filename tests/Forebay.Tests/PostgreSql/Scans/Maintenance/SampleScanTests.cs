using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.Maintenance;

namespace Forebay.Tests.PostgreSql.Scans.Maintenance;

public sealed class SampleScanTests(ClusterFixture fixture)
{
    [Theory]
    [InlineData(0u, 5u)]
    [InlineData(7u, 0u)]
    [InlineData(7u, 7u)]
    [InlineData(7u, 100u)]
    [InlineData(1000u, 1u)]
    [InlineData(1000u, 30u)]
    [InlineData(1000u, 999u)]
    public void BlockSample_AnySize_PicksThatManyInOrder(uint blocks, uint wanted)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            List<uint> picked = Pick(blocks, wanted, seed);
            Assert.Equal((int)Math.Min(blocks, wanted), picked.Count);
            Assert.Equal(picked.Distinct().Order(), picked);
            Assert.All(picked, block => Assert.True(block < blocks));
            Assert.Equal(picked, Pick(blocks, wanted, seed));
        }
    }

    [Fact]
    public void BlockSample_ManySeeds_PickEachBlockEquallyOften()
    {
        const int Seeds = 4000;
        int[] hits = new int[20];
        for (int seed = 0; seed < Seeds; seed++)
        {
            foreach (uint block in Pick(20, 5, seed))
                hits[block]++;
        }

        // 1,000 each are expected, with a deviation of 27: six of them are left.
        Assert.All(hits, hit => Assert.InRange(hit, 830, 1170));
    }

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public void TryNext_Sample_HasTheRowsOfItsBlocks(IoMethod method)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, OpenedCluster.SmallPool);
        HeapRelation table = cluster.Table("churn");
        HashSet<uint> picked = [.. Pick(table.BlockCount, 60, 17)];
        var wanted = new List<string>();
        using (SequentialScan scan = table.ScanSequentially())
        {
            while (scan.TryNext(out HeapRow row))
            {
                if (picked.Contains(row.Tid.Block))
                    wanted.Add(row.Tid.ToString());
            }
        }

        var found = new List<string>();
        using var sample = new SampleScan(table, 60, 17);
        while (sample.TryNext(out HeapRow row))
            found.Add(row.Tid.ToString());
        Assert.Equal(wanted, found);
        Assert.Equal(60, sample.Statistics.Pages);
        Assert.InRange(sample.RowsEstimate, 12_000, 22_000);

        using var all = new SampleScan(table, uint.MaxValue, 17);
        while (all.TryNext(out _))
        {
        }

        Assert.Equal(OpenedCluster.Answer("churn")[1], all.RowsEstimate);
    }

    private static List<uint> Pick(uint blocks, uint wanted, int seed)
    {
        var picked = new List<uint>();
        var sample = new BlockSample(blocks, wanted, seed);
        while (sample.TryNext(out uint block))
            picked.Add(block);
        return picked;
    }
}
