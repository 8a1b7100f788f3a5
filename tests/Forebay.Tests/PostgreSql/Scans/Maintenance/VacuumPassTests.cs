using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.Maintenance;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;

namespace Forebay.Tests.PostgreSql.Scans.Maintenance;

public sealed class VacuumPassTests(ClusterFixture fixture)
{
    public static TheoryData<IoMethod, int> Cases() => OpenedCluster.MethodsAndPools();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Run_EveryPage_FindsWhatIsOnThem(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        foreach (string name in new[] { "ints", "churn", "rolled", "empty" })
        {
            HeapRelation table = cluster.Table(name);
            VacuumReport expected = Plainly(cluster, table, static _ => false);
            var options = new VacuumPassOptions { SkipAllVisible = false };
            using var blocking = new VacuumPass(table, options);
            using var awaited = new VacuumPass(table, options);
            Assert.Equal(expected, blocking.Run());
            Assert.Equal(expected, await awaited.RunAsync(TestContext.Current.CancellationToken));
            Assert.Equal(OpenedCluster.Answer(name)[1], blocking.Report.Live);
            Assert.Equal(blocking.Report.Live, blocking.Report.LiveEstimate);
        }

        using var rolled = new VacuumPass(cluster.Table("rolled"));
        Assert.Equal((1000, 1000), (rolled.Run().Live, rolled.Report.Dead));
    }

    [Fact]
    public void Run_AllVisibleTable_ReadsNoPage()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        using var pass = new VacuumPass(cluster.Table("ints"));
        VacuumReport report = pass.Run();
        Assert.Equal((383, 383, 0), (report.Pages, report.PagesSkipped, report.PagesScanned));
        Assert.Equal(0, pass.Statistics.Pages);
        Assert.Equal(-1, report.LiveEstimate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(32)]
    public void Run_PartlyAllVisibleTable_SkipsRunsOfThatLength(int runMin)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        HeapRelation table = cluster.Table("churn");
        var skipped = new HashSet<uint>();
        using (VisibilityMap map = table.OpenVisibilityMap())
        {
            for (uint block = 0; block < table.BlockCount;)
            {
                uint end = block;
                while (end < table.BlockCount && map.IsAllVisible(end))
                    end++;
                for (uint run = block; end - block >= runMin && run < end; run++)
                    skipped.Add(run);
                block = Math.Max(end, block + 1);
            }
        }

        using var pass = new VacuumPass(table, new VacuumPassOptions { SkipRunMin = runMin });
        Assert.Equal(Plainly(cluster, table, skipped.Contains), pass.Run());
        Assert.Equal(skipped.Count, pass.Report.PagesSkipped);
        Assert.Equal(table.BlockCount - skipped.Count, pass.Statistics.Pages);
    }

    [Fact]
    public void Run_HorizonBeforeEverything_FindsDeletedRowsRecentlyDead()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        HeapRelation table = cluster.Table("churn");
        using var all = new VacuumPass(table, new VacuumPassOptions { SkipAllVisible = false });
        using var held = new VacuumPass(table, new VacuumPassOptions { SkipAllVisible = false, Horizon = 3 });
        VacuumReport without = all.Run();
        VacuumReport with = held.Run();
        Assert.Equal(0, without.RecentlyDead);
        Assert.True(with.RecentlyDead > 0);
        Assert.Equal(without.Dead, with.Dead + with.RecentlyDead);
        Assert.True(with.ReclaimableBytes < without.ReclaimableBytes);
    }

    [Fact]
    public void VisibilityMap_EachTable_AgreesWithThePages()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        foreach (string name in new[] { "ints", "wide", "churn", "rolled", "empty" })
        {
            HeapRelation table = cluster.Table(name);
            var plain = new PlainTable(fixture.DataDirectory, table.Main.Path);
            using VisibilityMap map = table.OpenVisibilityMap();
            long marked = 0;
            for (int block = 0; block < plain.Blocks; block++)
            {
                Assert.Equal(DataFault.None, ItemPage.TryOpen(plain.Page(block), out ItemPage page));
                Assert.Equal(page.IsAllVisible, map.IsAllVisible((uint)block));
                Assert.False(map.IsAllFrozen((uint)block) && !page.IsAllVisible);
                marked += page.IsAllVisible ? 1 : 0;
            }

            Assert.Equal(marked, map.CountAllVisible((uint)plain.Blocks));
            Assert.False(map.IsAllVisible(1_000_000));
        }
    }

    [Fact]
    public void Run_DamagedRow_NamesFileBlockAndItem()
    {
        using ClusterCopy copy = fixture.Copy();
        PageDamage.Apply(copy.InCopy("base/5/16401"), 3, static page => page[24 + 3] = 0x7E);
        using var cluster = new OpenedCluster(copy.DataDirectory);
        using var pass = new VacuumPass(cluster.Table("rolled"));
        DamagedDataException damage = Assert.Throws<DamagedDataException>(() => pass.Run());
        Assert.Equal(("base/5/16401", 3u, 1), (damage.File, damage.Block, damage.Item));
    }

    private static VacuumReport Plainly(OpenedCluster cluster, HeapRelation table, Predicate<uint> skipped)
    {
        var plain = new PlainTable(cluster.Cluster.DataDirectory, table.Main.Path);
        long live = 0, dead = 0, unused = 0, redirected = 0, free = 0, reclaimable = 0, empty = 0, passed = 0;
        for (int block = 0; block < plain.Blocks; block++)
        {
            if (skipped((uint)block))
            {
                passed++;
                continue;
            }

            Assert.Equal(DataFault.None, ItemPage.TryOpen(plain.Page(block), out ItemPage page));
            free += page.FreeBytes;
            empty += page.Count == 0 ? 1 : 0;
            for (int item = 1; item <= page.Count; item++)
            {
                LinePointer pointer = page.Pointer(item);
                unused += pointer.Kind == LinePointerKind.Unused ? 1 : 0;
                redirected += pointer.Kind == LinePointerKind.Redirect ? 1 : 0;
                dead += pointer.Kind == LinePointerKind.Dead ? 1 : 0;
                if (pointer.Kind != LinePointerKind.Normal)
                    continue;
                page.TryItem(item, out ReadOnlySpan<byte> bytes);
                Assert.Equal(DataFault.None, HeapTuple.TryParse(bytes, out HeapTuple tuple));
                Assert.Equal(DataFault.None, table.Visibility.Judge(tuple, out TupleFate fate));
                live += fate == TupleFate.Live ? 1 : 0;
                dead += fate == TupleFate.Live ? 0 : 1;
                reclaimable += fate == TupleFate.Live ? 0 : (bytes.Length + 7) / 8 * 8;
            }
        }

        return new VacuumReport
        {
            Pages = plain.Blocks,
            PagesScanned = plain.Blocks - passed,
            PagesSkipped = passed,
            PagesEmpty = empty,
            Live = live,
            Dead = dead,
            Unused = unused,
            Redirected = redirected,
            FreeBytes = free,
            ReclaimableBytes = reclaimable,
        };
    }
}
