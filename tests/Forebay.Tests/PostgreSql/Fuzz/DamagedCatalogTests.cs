using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Relations;
using Forebay.Storage;
using Forebay.Tests.PostgreSql.Scans;

namespace Forebay.Tests.PostgreSql.Fuzz;

/// <summary>Damage in catalogs: names and columns, or an exception that names file, block and item.</summary>
public sealed class DamagedCatalogTests(ClusterFixture fixture, ITestOutputHelper output)
{
    private static readonly string[] s_catalogs =
        ["pg_class", "pg_attribute", "pg_type", "pg_namespace", "pg_am", "pg_index", "pg_database"];

    [Fact]
    public void Open_DamagedCatalog_GivesTablesOrNamesThePlace()
    {
        int rounds = PageMutation.Count(250, 50_000);
        var random = new Random(PageMutation.Seed);
        using ClusterCopy copy = fixture.Copy();
        string[] files = Files(copy);
        int damaged = 0;
        int read = 0;
        for (int round = 0; round < rounds; round++)
        {
            string path = copy.InCopy(files[round % files.Length]);
            byte[] clean = File.ReadAllBytes(path);
            PageDamage.Apply(path, (uint)random.Next(clean.Length / PageChecksum.PageSize), page =>
                PageMutation.Damage(page, random));
            try
            {
                read += ReadAll(copy.DataDirectory);
            }
            catch (Exception ours) when (ours is DamagedDataException or ClusterException)
            {
                damaged++;
            }

            File.WriteAllBytes(path, clean);
        }

        output.WriteLine($"seed {PageMutation.Seed}, {rounds} rounds: {damaged} refused, {read} relations read");
        Assert.True(damaged > rounds / 20 && read > rounds, $"{damaged} refused, {read} relations read");
    }

    [Fact]
    public void Visit_DamagedPages_GivesRowsOrFaults()
    {
        int count = PageMutation.Count(30_000, 3_000_000);
        var random = new Random(PageMutation.Seed);
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(fixture.DataDirectory);
        DatabaseCatalog catalog = cluster.OpenDatabase(cluster.FindDatabase("postgres")!);
        string file = cluster.Pages.NameOf(catalog.Find("pg_catalog", "pg_attribute")!.Locator);
        var pages = new OnePage(new PlainTable(fixture.DataDirectory, file));
        var shape = new CatalogShape("pg_attribute", default, AttributeLayout.Attributes(18));
        var scan = new CatalogScan(pages, cluster.Visibility, ServerText.Utf8);
        int name = shape["attname"];
        int number = shape["attnum"];
        long rows = 0;
        long faults = 0;
        for (int i = 0; i < count; i++)
        {
            pages.Turn(random);
            try
            {
                scan.Visit(default, shape.Layout, (in CatalogRow row) =>
                {
                    _ = row.Name(name);
                    _ = row.Int16(number);
                    rows++;
                });
            }
            catch (DamagedDataException)
            {
                faults++;
            }
        }

        output.WriteLine($"seed {PageMutation.Seed}, {count} pages: {faults} faults, {rows} rows");
        Assert.True(faults > count / 20 && rows > count, $"{faults} faults, {rows} rows");
    }

    private static string[] Files(ClusterCopy copy)
    {
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(copy.DataDirectory);
        DatabaseCatalog catalog = cluster.OpenDatabase(cluster.FindDatabase("postgres")!);
        return [.. s_catalogs.Select(name => cluster.Pages.NameOf(catalog.Find("pg_catalog", name)!.Locator))];
    }

    private static int ReadAll(string dataDirectory)
    {
        int read = 0;
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(dataDirectory);
        foreach (CatalogDatabase database in cluster.Databases.Where(static one => one.Name == "postgres"))
        {
            DatabaseCatalog catalog = cluster.OpenDatabase(database);
            foreach (CatalogRelation relation in catalog.Relations.Where(static one => one.Schema == "public").Take(3))
            {
                read += catalog.ReadColumns(relation).Count;
                read += catalog.ReadIndexes(relation).Count;
            }
        }

        return read;
    }

    /// <summary>A relation of one page, damaged anew each turn.</summary>
    private sealed class OnePage(PlainTable table) : IRelationPages
    {
        private readonly byte[] _page = new byte[PageChecksum.PageSize];

        public void Turn(Random random)
        {
            table.Page(random.Next(table.Blocks)).CopyTo(_page);
            PageMutation.Damage(_page, random);
        }

        public string NameOf(RelationLocator relation) => "page";

        public uint GetBlockCount(RelationLocator relation) => 1;

        public void Read(RelationLocator relation, uint block, Span<byte> page) => _page.CopyTo(page);
    }
}
