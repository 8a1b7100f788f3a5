using System.Text.Json;
using Forebay.Tests.PostgreSql;

namespace Forebay.Tests.Tool;

/// <summary><c>forebay tables</c> on the test cluster, beside what PostgreSQL says of it.</summary>
public sealed class TablesCommandTests(ClusterFixture cluster)
{
    [Fact]
    public void Tables_Json_AreThoseOfPostgreSql()
    {
        ToolRun run = ToolRun.Of("tables", cluster.DataDirectory, "--json");
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Equal(
            ["postgres", "template0", "template1"],
            run.Json.GetProperty("databases").EnumerateArray().Select(name => name.GetString()));
        JsonElement[] tables = [.. run.Json.GetProperty("tables").EnumerateArray()];
        string[] expected =
        [
            .. ClusterFixture.Expected("answers.tsv").Select(line => line.Split('\t'))
                .Where(fields => fields.Length > 3)
                .Select(fields => $"postgres public {fields[0]} {fields[1]} {fields[2]}")
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(expected, tables.Select(table => $"{Text(table, "database")} {Text(table, "schema")} "
            + $"{Text(table, "name")} {Text(table, "file")} {table.GetProperty("blocks").GetUInt32()}"));
        foreach (JsonElement table in tables)
        {
            Assert.Equal(
                ["database", "schema", "name", "file", "blocks", "all_visible_blocks"],
                table.EnumerateObject().Select(property => property.Name));
        }

        Assert.Equal(383u, AllVisible(tables, "ints"));
        Assert.InRange(AllVisible(tables, "churn"), 1u, 434u);
        Assert.Equal(0u, AllVisible(tables, "empty"));
    }

    [Fact]
    public void Tables_All_HaveThoseOfTheSystem()
    {
        JsonElement report = ToolRun.Of("tables", cluster.DataDirectory, "--all", "--json").Json;
        string[] names =
        [
            .. report.GetProperty("tables").EnumerateArray()
                .Select(table => $"{Text(table, "database")}.{Text(table, "schema")}.{Text(table, "name")}"),
        ];
        Assert.Contains("postgres.pg_catalog.pg_class", names);
        Assert.Contains("template1.pg_catalog.pg_database", names);
        Assert.Contains("postgres.pg_toast.pg_toast_16409", names);
        Assert.DoesNotContain("postgres.pg_catalog.pg_tables", names);
    }

    [Fact]
    public void Tables_ForPeople_SaySizesAndShares()
    {
        ToolRun run = ToolRun.Of("tables", cluster.DataDirectory);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        string line = Assert.Single(run.Output.Split('\n'), line => line.Contains(" ints ", StringComparison.Ordinal));
        foreach (string word in (string[])["postgres", "public", "base/5/16384", "383", "2.99 MiB", "100.0%"])
            Assert.Contains(word, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_MapDamaged_SaysWhere()
    {
        using ClusterCopy copy = cluster.Copy();
        copy.Flip("base/5/16384_vm", 100, 4);
        ToolRun.Of("tables", copy.DataDirectory, "--json")
            .AssertRefused("base/5/16384_vm");
    }

    private static uint AllVisible(JsonElement[] tables, string name) =>
        Assert.Single(tables, table => Text(table, "name") == name).GetProperty("all_visible_blocks").GetUInt32();

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();
}
