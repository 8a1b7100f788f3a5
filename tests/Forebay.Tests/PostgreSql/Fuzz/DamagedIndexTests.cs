using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.Tests.PostgreSql.Scans;
using Forebay.Tests.PostgreSql.Scans.BTree;

namespace Forebay.Tests.PostgreSql.Fuzz;

/// <summary>Damage in pages of indexes and in visibility maps: an answer, or a fault of ours; and soon.</summary>
public sealed class DamagedIndexTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private static readonly (string Table, string Index, string File)[] s_indexes =
        [("ints", "ints_val", "base/5/16714"), ("churn", "churn_pkey", "base/5/16399")];

    [Fact]
    public void Read_DamagedPages_GivesEntriesOrFaults()
    {
        int count = PageMutation.Count(100_000, 5_000_000);
        var random = new Random(PageMutation.Seed);
        using var cluster = new OpenedCluster(fixture.DataDirectory);
        var ranges = s_indexes.Select(one => new KeyRange(
            IndexScanTests.Index(cluster, one.Table, one.Index),
            IndexRange.Between(IndexKey.Of(2000), IndexKey.Of(9000)))).ToArray();
        byte[][] files = [.. s_indexes.Select(one => File.ReadAllBytes(Path.Combine(fixture.DataDirectory, one.File)))];
        byte[] page = new byte[PageChecksum.PageSize];
        long entries = 0;
        long faults = 0;
        for (int i = 0; i < count; i++)
        {
            int which = i % files.Length;
            int block = random.Next(files[which].Length / page.Length);
            files[which].AsSpan(block * page.Length, page.Length).CopyTo(page);
            PageMutation.Damage(page, random);
            if (BTreePage.TryOpen(page, out BTreePage view) != DataFault.None)
            {
                faults++;
                continue;
            }

            for (int tries = 0; tries < 12; tries++)
            {
                int item = random.Next(-1, view.Last + 3);
                DataFault fault = view.TryEntry(item, out IndexEntry entry);
                if (fault == DataFault.None)
                    fault = ranges[which].Place(entry, out _);
                for (int place = 0; fault == DataFault.None && place < entry.PlaceCount; place++)
                    _ = entry.Place(place);
                entries += fault == DataFault.None ? 1 : 0;
                faults += fault == DataFault.None ? 0 : 1;
            }
        }

        output.WriteLine($"seed {PageMutation.Seed}, {count} pages: {faults} faults, {entries} entries");
        Assert.True(faults > count / 10 && entries > count, $"{faults} faults, {entries} entries of {count} pages");
    }

    [Fact]
    public void Scan_DamagedMap_EndsOrThrowsOneOfOurs()
    {
        int rounds = PageMutation.Count(150, 20_000);
        var random = new Random(PageMutation.Seed);
        using ClusterCopy copy = fixture.Copy();
        string path = copy.InCopy("base/5/16393_vm");
        byte[] clean = File.ReadAllBytes(path);
        for (int round = 0; round < rounds; round++)
        {
            byte[] damaged = [.. clean];
            for (int i = random.Next(1, 60); i > 0; i--)
                damaged[random.Next(12, 200)] = (byte)random.Next(256);
            // Whole now and then only in part, or with a checksum that is wrong.
            File.WriteAllBytes(path, damaged[..(random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length)]);
            if (random.Next(4) != 0 && new FileInfo(path).Length >= PageChecksum.PageSize)
                PageDamage.Apply(path, 0, static _ => { });
            using var cluster = new OpenedCluster(copy.DataDirectory, IoMethod.Sync, OpenedCluster.SmallPool);
            try
            {
                using IndexOnlyScan scan =
                    IndexScanTests.Index(cluster, "churn", "churn_pkey").ScanIndexOnly(IndexRange.All);
                Assert.InRange(scan.Count(), 17_112, scan.IndexStatistics.Rows);
                using VisibilityMap map = cluster.Table("churn").OpenVisibilityMap();
                Assert.InRange(map.CountAllVisible(435), 0, 435);
            }
            catch (Exception ours) when (ours is DamagedDataException or IOException)
            {
                Assert.Contains("16393", ours.Message, StringComparison.Ordinal);
            }
        }
    }
}
