using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.Bitmaps;
using Forebay.PostgreSql.Tuples;

namespace Forebay.Tests.PostgreSql.Scans.Bitmaps;

public sealed class BitmapHeapScanTests(ClusterFixture fixture)
{
    public static TheoryData<IoMethod, int> Cases() => OpenedCluster.MethodsAndPools();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Next_Places_HasTheirRowsInBlockOrder(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        HeapRelation table = cluster.Table("ints");
        List<ItemPointer> wanted = Matching(table);
        var bitmap = new TidBitmap();
        foreach (ItemPointer tid in wanted.AsEnumerable().Reverse())
            bitmap.Add(tid);
        bitmap.Add(new ItemPointer(50_000, 1)); // past the end
        bitmap.Add(new ItemPointer(3, 290)); // no such item
        using var scan = new BitmapHeapScan(table, bitmap);
        var found = new List<ItemPointer>();
        while (scan.TryNext(out HeapRow row))
        {
            Assert.False(scan.NeedsRecheck);
            found.Add(row.Tid);
        }

        Assert.Equal(wanted, found);
        Assert.Equal(wanted.Select(static tid => tid.Block).Append(3u).Distinct().Count(), scan.ExactPages);
        Assert.Equal(scan.ExactPages, scan.Statistics.Pages);

        using var awaited = new BitmapHeapScan(table, bitmap);
        found.Clear();
        while (await awaited.NextAsync(TestContext.Current.CancellationToken))
            found.Add(awaited.Current.Tid);
        Assert.Equal(wanted, found);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TryNext_LossyPages_AreRechecked(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        HeapRelation table = cluster.Table("ints");
        List<ItemPointer> wanted = Matching(table);
        var bitmap = new TidBitmap(memoryBytesMax: 1024);
        foreach (ItemPointer tid in wanted)
            bitmap.Add(tid);
        Assert.True(bitmap.LossyPages > 0);
        Assert.True(bitmap.ExactPages <= 16, $"{bitmap.ExactPages} exact pages");
        using var scan = new BitmapHeapScan(table, bitmap);
        var found = new List<ItemPointer>();
        while (scan.TryNext(static (in HeapRow row) => Matches(row), out HeapRow row))
            found.Add(row.Tid);
        Assert.Equal(wanted, found);
        Assert.Equal(bitmap.LossyPages, scan.LossyPages);
        Assert.True(scan.Statistics.Rows > wanted.Count);
    }

    [Fact]
    public void TryNext_RootsOfChains_LeadToTheVisibleVersions()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        HeapRelation table = cluster.Table("churn");
        // Every possible root of every page: each visible row belongs to exactly one.
        var bitmap = new TidBitmap();
        for (uint block = 0; block < table.BlockCount; block++)
        {
            for (ushort item = 1; item <= 291; item++)
                bitmap.Add(new ItemPointer(block, item));
        }

        using var scan = new BitmapHeapScan(table, bitmap);
        var found = new List<ItemPointer>();
        while (scan.TryNext(out HeapRow row))
            found.Add(row.Tid);
        var wanted = new List<ItemPointer>();
        using SequentialScan all = table.ScanSequentially();
        while (all.TryNext(out HeapRow row))
            wanted.Add(row.Tid);
        Assert.Equal(wanted, found.Order());
    }

    [Fact]
    public void TidBitmap_SetOperations_AreThoseOfSets()
    {
        const int Seed = 4711;
        var random = new Random(Seed);
        foreach (int bytes in new[] { 1024, 4096, 1 << 20 })
        {
            var left = new TidBitmap(bytes);
            var right = new TidBitmap(bytes);
            var leftSet = new HashSet<ItemPointer>();
            var rightSet = new HashSet<ItemPointer>();
            for (int i = 0; i < 3000; i++)
            {
                var tid = new ItemPointer((uint)random.Next(600), (ushort)random.Next(1, 300));
                bool toLeft = random.Next(2) == 0;
                (toLeft ? left : right).Add(tid);
                (toLeft ? leftSet : rightSet).Add(tid);
            }

            var union = new TidBitmap(bytes);
            union.UnionWith(left);
            union.UnionWith(right);
            AssertHolds(union, leftSet.Union(rightSet));
            left.IntersectWith(right);
            AssertHolds(left, leftSet.Intersect(rightSet));
            if (bytes == 1 << 20)
            {
                Assert.Equal(0, union.LossyPages + left.LossyPages);
                Assert.Equal(leftSet.Intersect(rightSet).Count(), left.Pages().Sum(static p => Items(p).Count));
            }
        }
    }

    [Fact]
    public void Add_ItemThatNoRowHas_MakesThePageLossy()
    {
        var bitmap = new TidBitmap();
        bitmap.Add(new ItemPointer(9, 320));
        Assert.Equal((1, 0), (bitmap.ExactPages, bitmap.LossyPages));
        bitmap.Add(new ItemPointer(9, 321));
        Assert.Equal((0, 1), (bitmap.ExactPages, bitmap.LossyPages));
        Assert.Throws<ArgumentOutOfRangeException>(() => bitmap.Add(new ItemPointer(9, 0)));
    }

    private static void AssertHolds(TidBitmap bitmap, IEnumerable<ItemPointer> wanted)
    {
        BitmapPage[] pages = bitmap.Pages();
        uint[] blocks = [.. pages.Select(static page => page.Block)];
        Assert.Equal(blocks.Distinct().Order(), blocks);
        foreach (IGrouping<uint, ItemPointer> group in wanted.GroupBy(static tid => tid.Block))
        {
            BitmapPage page = pages.Single(page => page.Block == group.Key);
            if (!page.IsLossy)
                Assert.Equal(group.Select(static tid => tid.Item).Order(), Items(page));
        }
    }

    private static List<ushort> Items(BitmapPage page)
    {
        ushort[] items = new ushort[PageBits.ItemMax];
        return [.. items.Take(page.Items.List(items))];
    }

    private static bool Matches(in HeapRow row) => OpenedCluster.Number(row, 1) % 500 == 3;

    private static List<ItemPointer> Matching(HeapRelation table)
    {
        var found = new List<ItemPointer>();
        using SequentialScan scan = table.ScanSequentially();
        while (scan.TryNext(out HeapRow row))
        {
            if (Matches(row))
                found.Add(row.Tid);
        }

        Assert.True(found.Count > 50);
        return found;
    }
}
