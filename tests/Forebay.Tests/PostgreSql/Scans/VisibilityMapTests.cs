using Forebay.PostgreSql.Scans;

namespace Forebay.Tests.PostgreSql.Scans;

public sealed class VisibilityMapTests(ClusterFixture fixture)
{
    [Fact]
    public void CountAllVisible_EachTable_IsWhatSingleLookupsSay()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        foreach (string name in new[] { "ints", "wide", "churn", "rolled", "empty", "toasted" })
        {
            HeapRelation table = cluster.Table(name);
            using VisibilityMap map = VisibilityMap.Open(cluster.Session, table.Relation.Locator);
            for (uint blocks = 0; blocks <= table.BlockCount + 5; blocks += 7)
            {
                long wanted = 0;
                for (uint block = 0; block < blocks; block++)
                    wanted += map.IsAllVisible(block) ? 1 : 0;
                Assert.Equal(wanted, map.CountAllVisible(blocks));
            }
        }
    }

    [Theory]
    [InlineData(0u, 0)]
    [InlineData(1u, 1)]
    [InlineData(3u, 3)]
    [InlineData(4u, 4)]
    [InlineData(37u, 37)]
    [InlineData(101u, 101)]
    public void Count_AllMarked_IsOfTheBlocksThereAre(uint blocks, int expected)
    {
        byte[] map = new byte[64];
        map.AsSpan().Fill(0xFF);
        Assert.Equal(expected, VisibilityMap.Count(map, blocks));
        map.AsSpan().Fill(0xAA);
        Assert.Equal(0, VisibilityMap.Count(map, blocks));
    }
}
