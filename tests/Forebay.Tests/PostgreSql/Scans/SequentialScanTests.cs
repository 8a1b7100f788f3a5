using System.Buffers.Binary;
using Forebay.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Tuples;

namespace Forebay.Tests.PostgreSql.Scans;

public sealed class SequentialScanTests(ClusterFixture fixture)
{
    public static TheoryData<IoMethod, int> Cases() => OpenedCluster.MethodsAndPools();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Count_EachTable_IsPostgreSqls(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        foreach (string name in new[] { "ints", "wide", "churn", "rolled", "empty", "toasted" })
        {
            HeapRelation table = cluster.Table(name);
            long[] answer = OpenedCluster.Answer(name);
            Assert.Equal(answer[0], table.BlockCount);
            using (SequentialScan scan = table.ScanSequentially())
            {
                Assert.Equal(answer[1], scan.Count());
                Assert.Equal(answer[1], scan.Statistics.Rows);
                Assert.Equal(answer[0], scan.Statistics.Pages);
                Assert.Equal(0, scan.Count());
            }

            using (SequentialScan scan = table.ScanSequentially())
                Assert.Equal(answer[1], await scan.CountAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Next_EachTable_SumsAsPostgreSqlDoes(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        foreach (string name in new[] { "ints", "wide", "churn", "rolled", "toasted" })
        {
            HeapRelation table = cluster.Table(name);
            long[] blocking = new long[8];
            using (SequentialScan scan = table.ScanSequentially())
            {
                while (scan.TryNext(out HeapRow row))
                    Add(name, row, blocking);
            }

            long[] awaited = new long[8];
            using (SequentialScan scan = table.ScanSequentially())
            {
                while (await scan.NextAsync(TestContext.Current.CancellationToken))
                    Add(name, scan.Current, awaited);
            }

            long[] answer = OpenedCluster.Answer(name);
            Assert.Equal(answer[1..], blocking[..(answer.Length - 1)]);
            Assert.Equal(blocking, awaited);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TryNext_SampledRows_AreByteForBytePostgreSqls(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        var found = new List<string>();
        using (SequentialScan scan = cluster.Table("wide").ScanSequentially())
        {
            while (scan.TryNext(out HeapRow row))
            {
                if (OpenedCluster.Number(row, 0) % 997 == 0)
                    found.Add(Line(row, [0, 1, 2, 3, 4, 6], '\t'));
            }
        }

        Assert.Equal(Expected("wide_sample.tsv", '\t'), found);
        Assert.Equal(Expected("ints_val_lt_300.tsv", '|'), Where(cluster, "ints", static value => value < 300));
        Assert.Equal(Expected("churn_val_eq_42.tsv", '|'), Where(cluster, "churn", static value => value == 42));
    }

    [Theory]
    [InlineData(0, 0, 0, ushort.MaxValue)]
    [InlineData(3, 5, 3, 17)]
    [InlineData(3, 5, 9, 1)]
    [InlineData(100, 200, 434, 3)]
    [InlineData(9, 1, 8, 5)]
    [InlineData(434, 1, 99999, 1)]
    [InlineData(5000, 1, 6000, 1)]
    public void TryNext_Range_HasTheRowsBetween(uint lowBlock, ushort lowItem, uint highBlock, ushort highItem)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        HeapRelation table = cluster.Table("churn");
        var low = new ItemPointer(lowBlock, lowItem);
        var high = new ItemPointer(highBlock, highItem);
        List<ItemPointer> wanted = [.. Places(table, null).Where(tid => tid >= low && tid <= high)];
        var options = new SequentialScanOptions { Range = new TidRange(low, high) };
        Assert.Equal(wanted, Places(table, options));
        using SequentialScan scan = table.ScanSequentially(options);
        Assert.Equal(wanted.Count, scan.Count());
        Assert.True(scan.Statistics.Pages <= highBlock + 1L - Math.Min(lowBlock, highBlock + 1L));
    }

    [Fact]
    public void Count_InTheMiddleOfAPage_CountsTheRest()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        using SequentialScan scan = cluster.Table("ints").ScanSequentially();
        for (int i = 0; i < 200; i++)
            Assert.True(scan.TryNext(out _));
        Assert.Equal(59_800, scan.Count());
        Assert.Equal(60_000, scan.Statistics.Rows);
    }

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public async Task Count_InParallel_HasEachPageOnce(IoMethod method)
    {
        const int Sessions = 4;
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, OpenedCluster.SmallPool);
        HeapRelation table = cluster.Table("churn");
        var shared = new SharedBlocks(0, table.BlockCount);
        ScanStatistics[] done = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Task.Run(() =>
        {
            using ForebaySession session = cluster.Instance.OpenSession();
            using SequentialScan scan =
                table.OpenIn(session).ScanSequentially(new SequentialScanOptions { Shared = shared });
            scan.Count();
            return scan.Statistics;
        })));
        ScanStatistics sum = done.Aggregate(static (left, right) => left + right);
        long[] answer = OpenedCluster.Answer("churn");
        Assert.Equal((answer[0], answer[1]), (sum.Pages, sum.Rows));
    }

    [Fact]
    public void SharedBlocks_EachBlock_IsTakenOnceAndChunksShrink()
    {
        var shared = new SharedBlocks(5, 1_000_005);
        uint next = 5;
        var sizes = new List<uint>();
        while (shared.TryTake(out uint start, out uint end))
        {
            Assert.Equal(next, start);
            Assert.True(end > start);
            sizes.Add(end - start);
            next = end;
        }

        Assert.Equal(1_000_005u, next);
        Assert.Equal(512u, sizes[0]);
        Assert.True(sizes[^2] == 16 && sizes[^1] <= 16, $"{sizes[^2]}, {sizes[^1]}");
        Assert.False(new SharedBlocks(7, 7).TryTake(out _, out _));
    }

    [Fact]
    public void Statistics_TableLargerThanPool_NameEveryRead()
    {
        // Read when waited for: how far it looks ahead does not depend on how fast others are.
        using var cluster = new OpenedCluster(fixture.DataDirectory, IoMethod.Sync, OpenedCluster.SmallPool);
        using SequentialScan scan = cluster.Table("ints").ScanSequentially();
        scan.Count();
        ScanStatistics statistics = scan.Statistics;
        Assert.Equal((383, 383, 0), (statistics.Pages, statistics.OperationBlocks, statistics.Hits));
        Assert.InRange(statistics.Operations, 383 / 16, 60);
        Assert.InRange(statistics.Waits, 0, statistics.Operations);
        Assert.True(statistics.DistanceMax >= statistics.DistanceAverage);
        Assert.Equal(AccessStrategy.BulkRead, cluster.Table("ints").BulkStrategy);
        Assert.Equal(AccessStrategy.Normal, cluster.Table("rolled").BulkStrategy);
    }

    [Fact]
    public void Statistics_TableInThePool_AreAllHits()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        for (int round = 0; round < 2; round++)
        {
            using SequentialScan scan = cluster.Table("ints").ScanSequentially();
            scan.Count();
            Assert.Equal(round == 0 ? 0 : 383, scan.Statistics.Hits);
            Assert.Equal(round == 0 ? 383 : 0, scan.Statistics.OperationBlocks);
        }
    }

    [Fact]
    public void TryNext_DamagedLinePointer_NamesFileBlockAndItem()
    {
        using ClusterCopy copy = fixture.Copy();
        // Item 2 of block 7 of churn gets 1,000 bytes at offset 8,000; the checksum is made good again.
        const uint Outside = 8000u | (1u << 15) | (1000u << 17);
        PageDamage.Apply(copy.InCopy("base/5/16393"), 7,
            static page => BinaryPrimitives.WriteUInt32LittleEndian(page[28..], Outside));
        using var cluster = new OpenedCluster(copy.DataDirectory);
        using SequentialScan scan = cluster.Table("churn").ScanSequentially();
        DamagedDataException damage = Assert.Throws<DamagedDataException>(() => Drain(scan));
        Assert.Equal(("base/5/16393", 7u, 2), (damage.File, damage.Block, damage.Item));
        Assert.Contains("base/5/16393: block 7, item 2", damage.Message, StringComparison.Ordinal);
        Assert.True(scan.Statistics.Pages >= 7);
    }

    [Fact]
    public void Count_DamagedChecksum_NamesFileAndBlock()
    {
        using ClusterCopy copy = fixture.Copy();
        copy.Flip("base/5/16384", (9 * 8192) + 5000, 4);
        using var cluster = new OpenedCluster(copy.DataDirectory);
        using SequentialScan scan = cluster.Table("ints").ScanSequentially();
        PageException damage = Assert.Throws<PageException>(() => scan.Count());
        Assert.Equal(9u, damage.FirstBadBlock);
        Assert.Contains("base/5/16384", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WhatHasNoRows_IsRefused()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => cluster.Table("ints_val"));
        Assert.Contains("public.ints_val is no table with rows of its own", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => cluster.Table("pg_tables", "pg_catalog"));
    }

    [Fact]
    public void TryNext_SystemCatalog_HasItsRows()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        HeapRelation table = cluster.Table("pg_class", "pg_catalog");
        int name = table.FindColumn("relname");
        var names = new List<string>();
        using SequentialScan scan = table.ScanSequentially();
        while (scan.TryNext(out HeapRow row))
            names.Add(OpenedCluster.Text(row, name));
        Assert.Equal(cluster.Catalog.Relations.Select(static r => r.Name).Order(), names.Order());
    }

    [Fact]
    public void Count_SecondTime_AllocatesNothingPerPage()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, IoMethod.Sync);
        HeapRelation table = cluster.Table("churn");
        using (SequentialScan first = table.ScanSequentially())
            first.Count();
        using SequentialScan scan = table.ScanSequentially();
        Assert.True(scan.TryNext(out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        scan.Count();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Drain(HeapScan scan)
    {
        while (scan.TryNext(out _))
        {
        }
    }

    private static List<ItemPointer> Places(HeapRelation table, SequentialScanOptions? options)
    {
        var places = new List<ItemPointer>();
        using SequentialScan scan = table.ScanSequentially(options);
        while (scan.TryNext(out HeapRow row))
            places.Add(row.Tid);
        return places;
    }

    private static string Line(in HeapRow row, int[] columns, char separator)
    {
        var fields = new List<string> { row.Tid.ToString() };
        foreach (int column in columns)
            fields.Add(OpenedCluster.Text(row, column));
        return string.Join(separator, fields);
    }

    private static List<string> Where(OpenedCluster cluster, string name, Predicate<long> wanted)
    {
        var found = new List<string>();
        using SequentialScan scan = cluster.Table(name).ScanSequentially();
        while (scan.TryNext(out HeapRow row))
        {
            if (wanted(OpenedCluster.Number(row, 1)))
                found.Add(Line(row, [0, 1], '|'));
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Expected(string file, char separator)
    {
        IEnumerable<string> lines = ClusterFixture.Expected(file);
        return separator == '|' ? lines.Order(StringComparer.Ordinal) : lines;
    }

    // The sums of answers.tsv, the count of rows first.
    private static void Add(string name, in HeapRow row, long[] sums)
    {
        sums[0]++;
        sums[1] += OpenedCluster.Number(row, 0);
        switch (name)
        {
            case "ints":
                sums[2] += OpenedCluster.Number(row, 1);
                sums[3] += OpenedCluster.Text(row, 2) == "t" ? 1 : 0;
                break;
            case "wide":
                sums[2] += row.IsNull(2) ? 0 : 1;
                sums[3] += row.IsNull(6) ? 0 : 1;
                sums[4] += OpenedCluster.Number(row, 6);
                sums[5] += row.TryGetValue(1, out ReadOnlySpan<byte> text) ? text.Length : 0;
                break;
            case "churn":
                sums[2] += OpenedCluster.Number(row, 1);
                sums[3] += row.TryGetValue(2, out ReadOnlySpan<byte> pad) ? pad.Length : 0;
                break;
            case "toasted":
                sums[2] += row.TryGetValue(1, out ReadOnlySpan<byte> big) ? big.Length : 0;
                break;
            default:
                break;
        }
    }
}
