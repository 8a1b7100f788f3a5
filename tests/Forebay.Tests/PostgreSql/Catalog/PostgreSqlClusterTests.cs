using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Clusters;
using Forebay.PostgreSql.Types;
using Forebay.Storage;

namespace Forebay.Tests.PostgreSql.Catalog;

public sealed class PostgreSqlClusterTests(ClusterFixture fixture)
{
    [Fact]
    public void Open_Cluster_ListsItsDatabases()
    {
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(fixture.DataDirectory);
        Assert.Equal(["postgres", "template0", "template1"], cluster.Databases.Select(static d => d.Name));
        CatalogDatabase postgres = cluster.FindDatabase("postgres")!;
        Assert.Equal(5u, postgres.Id);
        Assert.Equal(RelationLocator.DefaultTablespace, postgres.Tablespace);
        Assert.False(cluster.FindDatabase("template0")!.AllowsConnections);
        Assert.Null(cluster.FindDatabase("Postgres"));
    }

    [Fact]
    public void OpenDatabase_EachTable_HasPostgreSqlsFile()
    {
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(fixture.DataDirectory);
        DatabaseCatalog catalog = cluster.OpenDatabase(cluster.FindDatabase("postgres")!);
        foreach (string[] answer in ClusterFixture.Expected("answers.tsv").Select(static line => line.Split('\t')))
        {
            if (answer.Length < 3)
                continue;
            CatalogRelation relation = catalog.Find("public", answer[0])!;
            Assert.True(relation.HasStorage);
            Assert.Equal(answer[1], cluster.Pages.NameOf(relation.Locator));
            Assert.Equal(answer[2], cluster.Pages.GetBlockCount(relation.Locator).ToString());
        }

        // Shared, mapped, and found through the map only.
        Assert.Equal("global/1262", cluster.Pages.NameOf(catalog.Find("pg_catalog", "pg_database")!.Locator));
        Assert.Equal("base/5/1259", cluster.Pages.NameOf(catalog.Find("pg_catalog", "pg_class")!.Locator));
        Assert.False(catalog.Find("pg_catalog", "pg_tables")!.HasStorage);
    }

    [Fact]
    public void ReadColumns_Wide_AreAsCreated()
    {
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(fixture.DataDirectory);
        DatabaseCatalog catalog = cluster.OpenDatabase(cluster.FindDatabase("postgres")!);
        IReadOnlyList<CatalogColumn> columns = catalog.ReadColumns(catalog.Find("public", "wide")!);
        Assert.Equal(
            ["id int4", "name text", "note varchar", "amount numeric", "ts timestamp", "filler bpchar", "opt int8"],
            columns.Select(static column => $"{column.Name} {column.TypeName}"));
        Assert.Equal(
        [
            ValueForm.Int32, ValueForm.Text, ValueForm.Text, ValueForm.Numeric, ValueForm.Timestamp, ValueForm.Text,
            ValueForm.Int64,
        ], columns.Select(static column => column.Form));
        Assert.DoesNotContain(columns, static column => column.IsDropped || column.MissingValue is not null);
    }

    [Fact]
    public void ReadIndexes_Churn_HasItsKey()
    {
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(fixture.DataDirectory);
        DatabaseCatalog catalog = cluster.OpenDatabase(cluster.FindDatabase("postgres")!);
        CatalogIndex key = Assert.Single(catalog.ReadIndexes(catalog.Find("public", "churn")!));
        Assert.Equal("churn_pkey", key.Relation.Name);
        Assert.Equal("btree", key.Relation.AccessMethod);
        Assert.Equal([1], key.Columns);
        Assert.Equal(1, key.KeyCount);
        Assert.Equal([0], key.Options);
        Assert.Single(key.OperatorClasses);
        Assert.True(key is { IsUnique: true, IsValid: true, IsPartial: false });
    }

    [Fact]
    public void Open_ServerNotStopped_IsRefusedUnlessAccepted()
    {
        using ClusterCopy copy = fixture.Copy();
        string path = copy.InCopy(ControlFile.RelativePath);
        byte[] content = File.ReadAllBytes(path);
        content[16] = (byte)ClusterState.InProduction;
        uint checksum = ControlFileParser.Crc32C(content.AsSpan(0, 292));
        BitConverter.GetBytes(checksum).CopyTo(content, 292);
        File.WriteAllBytes(path, content);
        ClusterException refusal = Assert.Throws<ClusterException>(() => PostgreSqlCluster.Open(copy.DataDirectory));
        Assert.Contains("must be shut down cleanly", refusal.Message, StringComparison.Ordinal);
        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(copy.DataDirectory, acceptUnclean: true);
        Assert.Equal(3, cluster.Databases.Count);
    }

    [Fact]
    public void Open_DamagedMap_SaysWhichFile()
    {
        using ClusterCopy copy = fixture.Copy();
        copy.Flip("global/pg_filenode.map", 20, 1);
        ClusterException damage = Assert.Throws<ClusterException>(() => PostgreSqlCluster.Open(copy.DataDirectory));
        Assert.Contains("pg_filenode.map: its content has checksum", damage.Message, StringComparison.Ordinal);
    }
}
