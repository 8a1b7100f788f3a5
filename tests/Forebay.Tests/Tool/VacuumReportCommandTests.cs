using System.Text.Json;
using Forebay.Tests.PostgreSql;

namespace Forebay.Tests.Tool;

/// <summary><c>forebay vacuum-report</c> on the test cluster.</summary>
public sealed class VacuumReportCommandTests(ClusterFixture cluster)
{
    [Theory]
    [InlineData("sync")]
    [InlineData("worker")]
    [InlineData("io_uring")]
    public void VacuumReport_Json_CountsWhatPostgreSqlCounts(string method)
    {
        MethodCases.Require(method);
        ToolRun run = ToolRun.Of("vacuum-report", cluster.DataDirectory, "--json", "--io-method", method);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        JsonElement[] tables = [.. run.Json.GetProperty("tables").EnumerateArray()];
        Assert.Equal(
            ClusterFixture.Expected("answers.tsv").Select(line => line.Split('\t')).Where(fields => fields.Length > 3)
                .Select(fields => $"{fields[0]} {fields[1]} {fields[2]} {fields[3]}").Order(StringComparer.Ordinal),
            tables.Select(table => $"{table.GetProperty("name").GetString()} {table.GetProperty("file").GetString()} "
                + $"{table.GetProperty("blocks")} {table.GetProperty("live")}"));
        foreach (JsonElement table in tables)
        {
            Assert.Equal(
            [
                "database", "schema", "name", "file", "blocks", "all_visible_blocks", "live", "dead", "recently_dead",
                "unused", "free_bytes", "reclaimable_bytes",
            ], table.EnumerateObject().Select(property => property.Name));
        }

        JsonElement rolled = Assert.Single(tables, table => table.GetProperty("name").GetString() == "rolled");
        Assert.Equal(1000, rolled.GetProperty("dead").GetInt64());
        Assert.Equal(0, rolled.GetProperty("recently_dead").GetInt64());
        Assert.True(rolled.GetProperty("reclaimable_bytes").GetInt64() > 1000 * 24);
    }

    [Fact]
    public void VacuumReport_OneTable_IsThatTable()
    {
        JsonElement report = ToolRun.Of("vacuum-report", cluster.DataDirectory, "Public.Ints", "--json").Json;
        JsonElement ints = Assert.Single(report.GetProperty("tables").EnumerateArray());
        Assert.Equal(
            (60000, 0, 383),
            (ints.GetProperty("live").GetInt64(), ints.GetProperty("dead").GetInt64(),
                ints.GetProperty("all_visible_blocks").GetInt64()));
        JsonElement skipped = ToolRun.Of(
            "vacuum-report", cluster.DataDirectory, "ints", "--skip-all-visible", "--json").Json;
        Assert.Equal(0, skipped.GetProperty("tables")[0].GetProperty("live").GetInt64());
    }

    [Fact]
    public void VacuumReport_ForPeople_IsATable()
    {
        ToolRun run = ToolRun.Of("vacuum-report", cluster.DataDirectory, "churn");
        Assert.Equal((0, ""), (run.Code, run.Errors));
        foreach (string word in (string[])["postgres.public.churn", "17112", "reclaimable", "435"])
            Assert.Contains(word, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void VacuumReport_WhatCannotBe_IsOneLineAndTwo()
    {
        ToolRun.Of("vacuum-report", cluster.DataDirectory, "nothing").AssertRefused("there is no table");
        ToolRun.Of("vacuum-report", Path.GetTempPath(), "--json").AssertRefused("pg_control");
        using ClusterCopy copy = cluster.Copy();
        copy.Flip("base/5/16401", (7 * 8192) + 5000, 1);
        ToolRun.Of("vacuum-report", copy.DataDirectory, "--json").AssertRefused("base/5/16401");
    }
}
