using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans;

namespace Forebay.Tests.PostgreSql.Scans;

/// <summary>Values stored outside their row, looked up by the index of their table.</summary>
public sealed class ToastIndexTests(ClusterFixture fixture)
{
    private const string ToastSchema = "pg_toast";

    public static TheoryData<IoMethod, int> Cases() => OpenedCluster.MethodsAndPools();

    [Fact]
    public void TryGetValue_OneRow_ReadsFewPages()
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, IoMethod.Sync);
        HeapRelation table = cluster.Table("toasted");
        uint pieces = table.OpenOther(ToastSchema, "pg_toast_16409").BlockCount;
        using SequentialScan scan = table.ScanSequentially();
        for (int i = 0; i < 150; i++)
            Assert.True(scan.TryNext(out _));
        long before = cluster.Session.Counters.BlocksRead;
        Assert.True(scan.Current.TryGetValue(1, out ReadOnlySpan<byte> value));
        Assert.Equal(6400, value.Length);
        // The catalogs that describe the index, the way down it, and the pages of the value itself.
        long first = cluster.Session.Counters.BlocksRead - before;
        Assert.InRange(first, 3, pieces / 4);

        Assert.True(scan.TryNext(out HeapRow next));
        before = cluster.Session.Counters.BlocksRead;
        Assert.True(next.TryGetValue(1, out _));
        Assert.InRange(cluster.Session.Counters.BlocksRead - before, 0, 2);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TryGetValue_AllRows_ReadsEachPageOnce(IoMethod method, int pool)
    {
        using var cluster = new OpenedCluster(fixture.DataDirectory, method, pool);
        HeapRelation table = cluster.Table("toasted");
        uint pieces = table.OpenOther(ToastSchema, "pg_toast_16409").BlockCount;
        using SequentialScan scan = table.ScanSequentially();
        long bytes = 0;
        while (scan.TryNext(out HeapRow row))
            bytes += row.TryGetValue(1, out ReadOnlySpan<byte> value) ? value.Length : 0;
        Assert.Equal(OpenedCluster.Answer("toasted")[3], bytes);
        // A pass over the table of pieces before would read its pages twice with the small pool.
        Assert.InRange(cluster.Session.Counters.BlocksRead, pieces, pieces + (pieces / 4) + 20);
    }

    [Fact]
    public void TryGetValue_IndexNotComplete_GoesOverTheWholeTableOnce()
    {
        using ClusterCopy copy = fixture.Copy();
        Invalidate(copy);
        using var cluster = new OpenedCluster(copy.DataDirectory);
        HeapRelation table = cluster.Table("toasted");
        HeapRelation pieces = table.OpenOther(ToastSchema, "pg_toast_16409");
        Assert.Null(ToastIndex.TryOpen(pieces));
        using SequentialScan scan = table.ScanSequentially();
        long bytes = 0;
        while (scan.TryNext(out HeapRow row))
            bytes += row.TryGetValue(1, out ReadOnlySpan<byte> value) ? value.Length : 0;
        Assert.Equal(OpenedCluster.Answer("toasted")[3], bytes);
    }

    [Fact]
    public void TryGetValue_PieceThatIsDamaged_NamesThePageOfPieces()
    {
        using ClusterCopy copy = fixture.Copy();
        PageDamage.Apply(copy.InCopy("base/5/16412"), 3, static page => page[24 + 3] = 0xFF);
        using var cluster = new OpenedCluster(copy.DataDirectory);
        HeapRelation table = cluster.Table("toasted");
        using SequentialScan scan = table.ScanSequentially();
        int damaged = 0;
        long whole = 0;
        while (scan.TryNext(out HeapRow row))
        {
            try
            {
                whole += row.TryGetValue(1, out ReadOnlySpan<byte> value) && value.Length == 6400 ? 1 : 0;
            }
            catch (DamagedDataException damage)
            {
                Assert.Equal(("base/5/16412", 3u), (damage.File, damage.Block));
                damaged++;
            }
        }

        // What failed once is not in the way of the values that follow.
        Assert.InRange(damaged, 1, 4);
        Assert.Equal(300, damaged + whole);
    }

    // The row of pg_index that says of the index that it is complete, turned into one that does not.
    private static void Invalidate(ClusterCopy copy)
    {
        (string file, uint block, byte[] bytes, int offset) = FindIndexRow(copy);
        PageDamage.Apply(copy.InCopy(file), block, page => page[page.IndexOf(bytes) + offset] = 0);
    }

    private static (string File, uint Block, byte[] Row, int Offset) FindIndexRow(ClusterCopy copy)
    {
        using var cluster = new OpenedCluster(copy.DataDirectory);
        CatalogRelation pieces = cluster.Catalog.Find(ToastSchema, "pg_toast_16409")!;
        CatalogIndex index = Assert.Single(cluster.Catalog.ReadIndexes(pieces));
        HeapRelation indexes = cluster.Table("pg_index", "pg_catalog");
        using SequentialScan scan = indexes.ScanSequentially();
        while (scan.TryNext(out HeapRow row))
        {
            if (OpenedCluster.Number(row, 0) == index.Relation.Id)
            {
                int offset = row.Slice(indexes.FindColumn("indisvalid")).Offset;
                return (indexes.Main.Path, row.Tid.Block, row.Bytes.ToArray(), offset);
            }
        }

        throw new InvalidOperationException($"pg_index has no row of {index.Relation.Name}.");
    }
}
