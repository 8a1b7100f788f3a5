using System.Buffers.Binary;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.PostgreSql.Tuples;

namespace Forebay.Tests.PostgreSql.Scans.BTree;

public sealed class IndexScanTests(ClusterFixture fixture)
{
    public static TheoryData<IoMethod, int> Cases() => OpenedCluster.MethodsAndPools();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Next_Ranges_HaveTheRowsOfASequentialScan(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        BTreeIndex index = Index(cluster, "ints", "ints_val");
        foreach (IndexRange range in Ranges())
        {
            List<(long Key, ItemPointer Tid)> wanted = Sequentially(cluster.Table("ints"), 1, range);
            using IndexScan blocking = index.Scan(range);
            Assert.Equal(wanted, Drain(blocking, 1).Order());
            Assert.Equal(wanted.Count, blocking.IndexStatistics.Rows);

            using IndexScan awaited = index.Scan(range);
            var keys = new List<long>();
            while (await awaited.NextAsync(TestContext.Current.CancellationToken))
                keys.Add(OpenedCluster.Number(awaited.Current, 1));
            Assert.Equal(wanted.Select(static row => row.Key), keys);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TryNext_ChangedTable_FollowsChainsToVisibleVersions(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        BTreeIndex index = Index(cluster, "churn", "churn_pkey");
        foreach (IndexRange range in new[] { IndexRange.All, IndexRange.Between(IndexKey.Of(5000), IndexKey.Of(5400)) })
        {
            using IndexScan scan = index.Scan(range);
            List<(long Key, ItemPointer Tid)> found = Drain(scan, 0);
            Assert.Equal(Sequentially(cluster.Table("churn"), 0, range), found);
        }

        // Each key by itself: the row, or none if it was deleted.
        HashSet<long> there = [.. Sequentially(cluster.Table("churn"), 0, IndexRange.All).Select(static r => r.Key)];
        for (int key = 990; key < 1090; key++)
        {
            using IndexScan scan = index.Scan(IndexRange.EqualTo(IndexKey.Of(key)));
            Assert.Equal(there.Contains(key) ? [key] : [], Drain(scan, 0).Select(static row => (int)row.Key));
        }
    }

    [Fact]
    public void TryNext_WholeIndex_ReadsLeavesAhead()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, IoMethod.Sync);
        using IndexScan scan = Index(cluster, "ints", "ints_val").Scan(IndexRange.All);
        Assert.Equal(60_000, Drain(scan, 1).Count);
        ScanStatistics leaves = scan.IndexStatistics;
        // All pages but the first and the one above the leaves; a walk along the links alone would read one at a time.
        Assert.Equal(OpenedCluster.Answer("ints_val")[0], leaves.Pages + scan.IndexPagesAbove);
        Assert.InRange(scan.IndexPagesAbove, 2, 4);
        Assert.True(leaves.Operations * 4 < leaves.Pages, $"{leaves}");
        Assert.True(leaves.Waits * 4 < leaves.Pages, $"{leaves}");
    }

    [Fact]
    public void TryNext_ScatteredRows_AsksForManyPagesBeforeItWaits()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, IoMethod.Sync);
        using IndexScan scan = Index(cluster, "ints", "ints_val").Scan(
            IndexRange.Between(IndexKey.Of(0), IndexKey.Of(2000)));
        Drain(scan, 1);
        ScanStatistics heap = scan.Statistics;
        Assert.True(heap.Operations > 50, $"{heap}");
        // Without look-ahead there is one operation in progress when one is started: the factor is what they overlap.
        Assert.True(heap.Stream.InProgressAverage > 8, $"{heap}");
        Assert.True(heap.DistanceMax >= 16, $"{heap}");
    }

    [Fact]
    public void TryNext_FirstRowOnly_ReadsOneLeaf()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, IoMethod.Sync);
        using IndexScan scan = Index(cluster, "ints", "ints_val").Scan(IndexRange.All);
        Assert.True(scan.TryNext(out _));
        Assert.Equal(1, scan.IndexStatistics.Pages);
    }

    [Fact]
    public void TryNext_DamagedLeafEntry_NamesFileBlockAndItem()
    {
        using ClusterCopy copy = fixture.Copy();
        // Item 3 of a leaf gets 1,000 bytes at offset 8,000: they reach into the page's trailer.
        const uint Outside = 8000u | (1u << 15) | (1000u << 17);
        PageDamage.Apply(copy.InCopy("base/5/16714"), 4,
            static page => BinaryPrimitives.WriteUInt32LittleEndian(page[32..], Outside));
        using var cluster = new OpenedCluster(copy.DataDirectory);
        using IndexScan scan = Index(cluster, "ints", "ints_val").Scan(IndexRange.All);
        DamagedDataException damage = Assert.Throws<DamagedDataException>(() => Drain(scan, 1));
        Assert.Contains("base/5/16714: block 4, item 3: the item reaches outside", damage.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TryNext_LeafThatIsNone_IsNamed()
    {
        using ClusterCopy copy = fixture.Copy();
        PageDamage.Apply(copy.InCopy("base/5/16714"), 4, static page => page[8188] ^= 0x08);
        using var cluster = new OpenedCluster(copy.DataDirectory);
        using IndexScan scan = Index(cluster, "ints", "ints_val").Scan(IndexRange.All);
        DamagedDataException damage = Assert.Throws<DamagedDataException>(() => Drain(scan, 1));
        Assert.Equal(("base/5/16714", 4u, DataFault.IndexPage), (damage.File, damage.Block, damage.Fault));
    }

    [Fact]
    public void TryNext_DamagedMetaPage_IsNamed()
    {
        using ClusterCopy copy = fixture.Copy();
        PageDamage.Apply(copy.InCopy("base/5/16714"), 0, static page => page[24] ^= 1);
        using var cluster = new OpenedCluster(copy.DataDirectory);
        using IndexScan scan = Index(cluster, "ints", "ints_val").Scan(IndexRange.All);
        DamagedDataException damage = Assert.Throws<DamagedDataException>(() => Drain(scan, 1));
        Assert.Equal(("base/5/16714", 0u, DataFault.IndexPage), (damage.File, damage.Block, damage.Fault));
    }

    [Fact]
    public void TryNext_LinkInACircle_EndsWithAFault()
    {
        using ClusterCopy copy = fixture.Copy();
        PageDamage.Apply(copy.InCopy("base/5/16714"), 5, static page =>
            BinaryPrimitives.WriteUInt32LittleEndian(page[8180..], 2));
        using var cluster = new OpenedCluster(copy.DataDirectory);
        using IndexScan scan = Index(cluster, "ints", "ints_val").Scan(IndexRange.All);
        DamagedDataException damage = Assert.Throws<DamagedDataException>(() => Drain(scan, 1));
        Assert.Equal(DataFault.IndexLinks, damage.Fault);
    }

    [Fact]
    public void TryNext_RandomDamage_EndsOrThrowsOneOfOurs()
    {
        const int Seed = 991;
        var random = new Random(Seed);
        using ClusterCopy copy = fixture.Copy();
        string path = copy.InCopy("base/5/16399");
        byte[] clean = File.ReadAllBytes(path);
        for (int round = 0; round < 150; round++)
        {
            File.WriteAllBytes(path, clean);
            for (int i = 0; i < 6; i++)
            {
                uint block = (uint)random.Next(clean.Length / 8192);
                int offset = 24 + random.Next(random.Next(2) == 0 ? 8168 : 400);
                byte value = (byte)random.Next(256);
                PageDamage.Apply(path, block, page => page[offset] = value);
            }

            using var cluster = new OpenedCluster(copy.DataDirectory, IoMethod.Sync, OpenedCluster.SmallPool);
            using IndexScan scan = Index(cluster, "churn", "churn_pkey").Scan(
                IndexRange.Between(IndexKey.Of(random.Next(20_000)), null));
            try
            {
                Drain(scan, 0);
            }
            catch (DamagedDataException damage)
            {
                Assert.Contains("base/5/16", damage.File, StringComparison.Ordinal);
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {Seed}, round {round}: {other}");
            }
        }
    }

    [Fact]
    public void Scan_RangeThatDoesNotFit_IsRefused()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        BTreeIndex index = Index(cluster, "ints", "ints_val");
        Assert.Throws<ArgumentException>(() => index.Scan(IndexRange.EqualTo(IndexKey.Of("text"))));
        Assert.Throws<ArgumentException>(() => index.Scan(IndexRange.EqualTo(IndexKey.Of(1), IndexKey.Of(2))));
        Assert.Throws<ArgumentException>(() => BTreeIndex.Open(cluster.Table("churn"), index.Index));
    }

    internal static BTreeIndex Index(OpenedCluster cluster, string table, string name)
    {
        HeapRelation relation = cluster.Table(table);
        CatalogIndex index = cluster.Catalog.ReadIndexes(relation.Relation)
            .Single(index => index.Relation.Name == name);
        return BTreeIndex.Open(relation, index);
    }

    private static List<(long Key, ItemPointer Tid)> Drain(IndexScan scan, int column)
    {
        var rows = new List<(long, ItemPointer)>();
        while (scan.TryNext(out HeapRow row))
            rows.Add((OpenedCluster.Number(row, column), row.Tid));
        return rows;
    }

    private static List<(long Key, ItemPointer Tid)> Sequentially(HeapRelation table, int column, IndexRange range)
    {
        var rows = new List<(long, ItemPointer)>();
        using SequentialScan scan = table.ScanSequentially();
        while (scan.TryNext(out HeapRow row))
        {
            long key = OpenedCluster.Number(row, column);
            bool low = range.Low is not { } least || key > least.Number
                || (key == least.Number && range.LowInclusive);
            bool high = range.High is not { } most || key < most.Number
                || (key == most.Number && range.HighInclusive);
            if (low && high && range.Prefix.All(prefix => prefix.Number == key))
                rows.Add((key, row.Tid));
        }

        rows.Sort();
        return rows;
    }

    private static IEnumerable<IndexRange> Ranges()
    {
        yield return IndexRange.All;
        yield return IndexRange.Between(null, IndexKey.Of(299));
        yield return IndexRange.Between(IndexKey.Of(900_000), null);
        yield return IndexRange.Between(IndexKey.Of(5000), IndexKey.Of(90_000));
        yield return IndexRange.Between(IndexKey.Of(5000), IndexKey.Of(4000));
        yield return IndexRange.Between(IndexKey.Of(long.MinValue), IndexKey.Of(long.MaxValue));
        yield return IndexRange.EqualTo(IndexKey.Of(267));
        yield return IndexRange.EqualTo(IndexKey.Of(-1));
        yield return new IndexRange
        {
            Low = IndexKey.Of(137),
            LowInclusive = false,
            High = IndexKey.Of(267),
            HighInclusive = false,
        };
    }
}
