using System.Buffers;
using System.Text;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.BTree;

namespace Forebay.Tests.PostgreSql.Scans.BTree;

public sealed class IndexOnlyScanTests(ClusterFixture fixture)
{
    public static TheoryData<IoMethod, int> Cases() => OpenedCluster.MethodsAndPools();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Next_AllVisibleTable_ReadsNoneOfItsPages(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        BTreeIndex index = IndexScanTests.Index(cluster, "ints", "ints_val");
        foreach (IndexRange range in new[] { IndexRange.All, IndexRange.Between(null, IndexKey.Of(299)) })
        {
            List<string> wanted = Rows(index, range, column: 1);
            using IndexOnlyScan scan = index.ScanIndexOnly(range);
            Assert.Equal(wanted, Drain(scan));
            Assert.Equal((0, 0), (scan.HeapFetches, scan.Statistics.Pages));

            using IndexOnlyScan awaited = index.ScanIndexOnly(range);
            var found = new List<string>();
            while (await awaited.NextAsync(TestContext.Current.CancellationToken))
                found.Add(Text(awaited.Current));
            Assert.Equal(wanted, found);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Next_ChangedTable_ReadsOnlyPagesThatAreNotAllVisible(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        BTreeIndex index = IndexScanTests.Index(cluster, "churn", "churn_pkey");
        List<string> wanted = Rows(index, IndexRange.All, column: 0);
        Assert.Equal(OpenedCluster.Answer("churn")[1], wanted.Count);
        using IndexOnlyScan scan = index.ScanIndexOnly(IndexRange.All);
        Assert.Equal(wanted, Drain(scan));
        Assert.InRange(scan.HeapFetches, 1, scan.IndexStatistics.Rows - 1);
        Assert.Equal(wanted.Count, scan.Statistics.Rows);

        using IndexOnlyScan awaited = index.ScanIndexOnly(IndexRange.All);
        var found = new List<string>();
        while (await awaited.NextAsync(TestContext.Current.CancellationToken))
            found.Add(Text(awaited.Current));
        Assert.Equal(wanted, found);
        Assert.Equal(scan.HeapFetches, awaited.HeapFetches);
    }

    [Fact]
    public void TryNext_ChangedTable_FetchesWhatTheMapSays()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        BTreeIndex index = IndexScanTests.Index(cluster, "churn", "churn_pkey");
        using VisibilityMap map = index.Table.OpenVisibilityMap();
        using IndexOnlyScan scan = index.ScanIndexOnly(IndexRange.All);
        long fromMap = 0;
        while (scan.TryNext(out IndexRow row))
            fromMap += map.IsAllVisible(row.Tid.Block) ? 1 : 0;
        // Every row of an all-visible page came without a look at it; every other entry needed one.
        Assert.True(fromMap > 0);
        Assert.Equal(scan.IndexStatistics.Rows - fromMap, scan.HeapFetches);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Count_AnyTable_IsWhatTheRowsAre(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        foreach ((string table, string name) in new[] { ("ints", "ints_val"), ("churn", "churn_pkey") })
        {
            BTreeIndex index = IndexScanTests.Index(cluster, table, name);
            using IndexOnlyScan scan = index.ScanIndexOnly(IndexRange.All);
            Assert.Equal(OpenedCluster.Answer(table)[1], scan.Count());
            Assert.Equal(0, scan.Count());
            using IndexOnlyScan begun = index.ScanIndexOnly(IndexRange.All);
            for (int i = 0; i < 500; i++)
                Assert.True(begun.TryNext(out _));
            Assert.Equal(OpenedCluster.Answer(table)[1] - 500, begun.Count());
        }
    }

    [Fact]
    public void TryNext_FirstRowOnly_ReadsOneLeaf()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, IoMethod.Sync);
        using IndexOnlyScan scan = IndexScanTests.Index(cluster, "churn", "churn_pkey").ScanIndexOnly(IndexRange.All);
        Assert.True(scan.TryNext(out _));
        Assert.Equal(1, scan.IndexStatistics.Pages);
    }

    [Fact]
    public void Count_TableWithoutMap_ReadsPagesAheadAcrossLeaves()
    {
        using ClusterCopy copy = fixture.Copy();
        File.Delete(copy.InCopy("base/5/16384_vm"));
        using var cluster = new OpenedCluster(copy.DataDirectory, IoMethod.Sync, OpenedCluster.SmallPool);
        using IndexOnlyScan scan = IndexScanTests.Index(cluster, "ints", "ints_val").ScanIndexOnly(IndexRange.All);
        Assert.Equal(60_000, scan.Count());
        Assert.Equal(60_000, scan.HeapFetches);
        // What is read ahead never runs out at the end of a leaf: most operations begin while others are under way.
        ScanStatistics heap = scan.Statistics;
        Assert.True(heap.Stream.InProgressAverage > 8, $"{heap}");
        using IndexScan plain = IndexScanTests.Index(cluster, "ints", "ints_val").Scan(IndexRange.All);
        while (plain.TryNext(out _))
        {
        }

        Assert.True(heap.Stream.InProgressAverage > 0.8 * plain.Statistics.Stream.InProgressAverage,
            $"{heap}\n{plain.Statistics}");
    }

    private static List<string> Rows(BTreeIndex index, IndexRange range, int column)
    {
        var rows = new List<string>();
        using IndexScan scan = index.Scan(range);
        while (scan.TryNext(out HeapRow row))
            rows.Add(OpenedCluster.Text(row, column));
        return rows;
    }

    private static List<string> Drain(IndexOnlyScan scan)
    {
        var rows = new List<string>();
        while (scan.TryNext(out IndexRow row))
            rows.Add(Text(row));
        return rows;
    }

    private static string Text(in IndexRow row)
    {
        var output = new ArrayBufferWriter<byte>();
        return row.TryWriteText(0, output) ? Encoding.UTF8.GetString(output.WrittenSpan) : "";
    }
}
