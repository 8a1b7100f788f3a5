using System.Text;
using Forebay.Tests.PostgreSql;

namespace Forebay.Tests.Tool;

/// <summary><c>forebay scan</c> on the test cluster, beside what PostgreSQL printed of it.</summary>
public sealed class ScanCommandTests(ClusterFixture cluster)
{
    public static TheoryData<string, string> Cases() => MethodCases.MethodsAndModes();

    public static TheoryData<string, int> MethodsAndLanes()
    {
        TheoryData<string, int> data = [];
        foreach (string method in (string[])["sync", "worker", "io_uring"])
        {
            data.Add(method, 1);
            data.Add(method, 4);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scan_Count_IsPostgreSqls(string method, string direct)
    {
        MethodCases.Require(method);
        MethodCases.RequireMode(direct, cluster.DataDirectory);
        foreach (string[] fields in ClusterFixture.Expected("answers.tsv").Select(line => line.Split('\t')))
        {
            if (fields.Length <= 3)
                continue;
            ToolRun run = Scan(fields[0], "--count", "--io-method", method, "--io-direct", direct);
            Assert.Equal((0, "", fields[3] + "\n"), (run.Code, run.Errors, run.Output));
        }
    }

    [Theory]
    [MemberData(nameof(MethodsAndLanes))]
    public void Scan_Wide_AddsUpToPostgreSqlsAnswers(string method, int lanes)
    {
        MethodCases.Require(method);
        ToolRun run = Scan("wide", "--columns", "id,name,note,opt", "--io-method", method, "--parallel", $"{lanes}");
        string[] answer = Answer("wide");
        string[][] rows = [.. run.Output.Split('\n')[1..^1].Select(line => line.Split(','))];
        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Equal(answer[3], rows.Length.ToString());
        Assert.Equal(answer[4], rows.Sum(row => long.Parse(row[0])).ToString());
        Assert.Equal(answer[5], rows.Count(row => row[2].Length > 0).ToString());
        Assert.Equal(answer[6], rows.Count(row => row[3].Length > 0).ToString());
        Assert.Equal(answer[7], rows.Sum(row => row[3].Length > 0 ? long.Parse(row[3]) : 0).ToString());
        Assert.Equal(answer[8], rows.Sum(row => Encoding.UTF8.GetByteCount(row[1])).ToString());
    }

    [Theory]
    [MemberData(nameof(MethodsAndLanes))]
    public void Scan_IntsWithCondition_IsPostgreSqlsListToTheByte(string method, int lanes)
    {
        MethodCases.Require(method);
        ToolRun run = Scan("ints", "--columns", "ctid,id,val", "--where", "val < 300", "--io-method", method,
            "--parallel", $"{lanes}");
        string[] expected = AsCsv("ints_val_lt_300.tsv");
        string[] lines = run.Output.Split('\n');
        Assert.Equal((0, "", "ctid,id,val", ""), (run.Code, run.Errors, lines[0], lines[^1]));
        string[] rows = lines[1..^1];
        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        if (lanes == 1)
            Assert.Equal(rows.OrderBy(PlaceOf), rows);
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("worker")]
    [InlineData("io_uring")]
    public void Scan_ByIndex_IsTheSameInTheSameOrder(string method)
    {
        MethodCases.Require(method);
        string[][] cases =
        [
            ["ints", "ints_val", "val < 300"], ["ints", "ints_val", "val = 267"], ["ints", "ints_val", "val >= 999000"],
            ["ints", "ints_val", "val = 7.5"], ["ints", "ints_val", "val > -1e40"], ["ints", "ints_val", "id <= 20"],
            ["churn", "churn_pkey", "id > 100.5"], ["churn", "CHURN_PKEY", "id <> 5"],
            ["churn", "churn_pkey", "val = 42"],
        ];
        foreach (string[] one in cases)
        {
            string columns = one[0] == "ints" ? "ctid,id,val,flag" : "ctid,id,val,pad";
            string[] options = ["--columns", columns, "--where", one[2], "--io-method", method];
            ToolRun expected = Scan(one[0], options);
            ToolRun run = Scan(one[0], [.. options, "--index", one[1]]);
            Assert.Equal((0, ""), (run.Code, run.Errors));
            Assert.Equal(expected.Output, run.Output);
        }
    }

    [Fact]
    public void Scan_ByIndex_LooksAtFewPages()
    {
        ToolRun run = Scan("ints", "--index", "ints_val", "--where", "val < 300", "--count", "--explain");
        Assert.Equal((0, "17\n"), (run.Code, run.Output));
        Assert.Contains("rows: 17 came out of 17 visible ones looked at", run.ErrorLines);
        Assert.Contains("Index-only scan of postgres.public.ints by index ints_val", run.ErrorLines);
        Assert.Contains("heap fetches: 0 (rows on pages that are not all-visible)", run.ErrorLines);
        Assert.Contains("pages: 0, 0 of them found in the pool", run.ErrorLines);
        Assert.Contains("index: 17 entries on 1 leaves", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("17112", true, "churn", "churn_pkey", "--count")]
    [InlineData("100", true, "churn", "churn_pkey", "--count", "--limit", "100")]
    [InlineData("17112", true, "churn", "churn_pkey", "--count", "--where", "id >= 0.5", "--where", "id <> -7")]
    [InlineData("5", false, "churn", "churn_pkey", "--count", "--limit", "5", "--where", "val > 3")]
    [InlineData("", true, "churn", "churn_pkey", "--format", "none", "--columns", "id")]
    [InlineData("", true, "churn", "churn_pkey", "--format", "none", "--columns", "ctid,val")]
    [InlineData("val\n7\n", true, "ints", "ints_val", "--columns", "val", "--where", "val <= 7", "--parallel", "2")]
    [InlineData("val\n7\n", false, "ints", "ints_val", "--columns", "val", "--where", "val <= 7")]
    [InlineData("ctid\n", false, "ints", "ints_val", "--columns", "ctid", "--where", "val < 0", "--parallel", "2")]
    public void Scan_ByIndexAlone_OnlyWhereItHasAllAndOrderIsFree(
        string expected, bool isIndexOnly, string table, string index, params string[] options)
    {
        ToolRun run = Scan(table, ["--index", index, "--explain", .. options]);
        Assert.Equal(0, run.Code);
        Assert.Equal(expected, run.Output.TrimEnd('\n') + (expected.EndsWith('\n') ? "\n" : ""));
        Assert.Equal(isIndexOnly, run.Errors.Contains("Index-only scan", StringComparison.Ordinal));
        Assert.Equal(!isIndexOnly, run.Errors.Contains("Bitmap scan", StringComparison.Ordinal));
    }

    [Fact]
    public void Scan_ByIndexAlone_FetchesFewerRowsThanThereAre()
    {
        ToolRun run = Scan("churn", "--index", "churn_pkey", "--count", "--explain");
        string line = Assert.Single(run.ErrorLines, line => line.Contains("heap fetches", StringComparison.Ordinal));
        Assert.InRange(int.Parse(line.Split(' ')[2]), 1, 18_999);
    }

    [Fact]
    public void Scan_ByIndexAlone_PrintsTheRowsOfTheTable()
    {
        string[] options = ["--columns", "id", "--where", "id > 9000"];
        string[] table = Scan("churn", options).Output.Split('\n');
        ToolRun run = Scan("churn", [.. options, "--index", "churn_pkey", "--parallel", "2", "--explain"]);
        Assert.Contains("Index-only scan", run.Errors, StringComparison.Ordinal);
        Assert.Equal(table.Order(StringComparer.Ordinal), run.Output.Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Scan_ChurnWithCondition_IsPostgreSqlsList()
    {
        ToolRun run = Scan("churn", "--columns", "ctid,id,val", "--where", "val=42");
        Assert.Equal(AsCsv("churn_val_eq_42.tsv").Order(), run.Output.Split('\n')[1..^1].Order());
    }

    [Fact]
    public void Scan_WideSample_IsPostgreSqlsToTheByte()
    {
        foreach (string line in ClusterFixture.Expected("wide_sample.tsv"))
        {
            string[] fields = line.Split('\t');
            fields[0] = $"\"{fields[0]}\"";
            ToolRun run = Scan("wide", "--columns", "ctid,id,name,note,amount,ts,opt", "--where", $"id = {fields[1]}");
            Assert.Equal($"ctid,id,name,note,amount,ts,opt\n{string.Join(',', fields)}\n", run.Output);
        }
    }

    [Fact]
    public void Scan_Json_HasTypesOfItsOwn()
    {
        ToolRun run = Scan("wide", "--columns", "ctid,id,name,note,amount,ts,opt", "--where", "id = 4985", "--format",
            "json");
        Assert.Equal("{\"ctid\":\"(138,17)\",\"id\":4985,\"name\":\"name-4985\",\"note\":null,\"amount\":712.14,"
            + "\"ts\":\"2020-01-01 23:32:25\",\"opt\":null}\n", run.Output);
        ToolRun flags = Scan("ints", "--columns", "flag", "--limit", "50", "--format", "json");
        string[] lines = flags.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(50, lines.Length);
        Assert.Contains("{\"flag\":true}", lines);
        Assert.Contains("{\"flag\":false}", lines);
    }

    [Fact]
    public void Scan_AllColumns_AreThoseOfTheTable()
    {
        ToolRun run = Scan("ints", "--limit", "1");
        Assert.StartsWith("id,val,flag\n1,", run.Output, StringComparison.Ordinal);
        Assert.Equal("id,t\n", Scan("rolled", "--limit", "0").Output);
        Assert.Equal("", Scan("rolled", "--format", "none").Output);
        Assert.Equal("", Scan("empty", "--format", "json").Output);
    }

    [Fact]
    public void Scan_Toasted_FetchesWhatIsStoredElsewhere()
    {
        ToolRun run = Scan("toasted", "--columns", "id,big");
        string[] answer = Answer("toasted");
        string[][] rows = [.. run.Output.Split('\n')[1..^1].Select(line => line.Split(','))];
        Assert.Equal(answer[4], rows.Sum(row => long.Parse(row[0])).ToString());
        Assert.Equal(answer[5], rows.Sum(row => (long)row[1].Length).ToString());
    }

    [Theory]
    [InlineData("17", "--where", "val < 300", "--limit", "18", "--parallel", "3")]
    [InlineData("9", "--where", "val < 300", "--limit", "9", "--parallel", "3")]
    [InlineData("7", "--limit", "7", "--parallel", "4")]
    [InlineData("0", "--limit", "0")]
    [InlineData("60000", "--limit", "70000")]
    [InlineData("20000", "--where", "flag = true")]
    [InlineData("20000", "--where", "flag=t")]
    [InlineData("40000", "--where", "flag <> 'true'")]
    [InlineData("2", "--where", "id >= 10", "--where", "id < 12")]
    [InlineData("1", "--where", "\"id\"<= 1.5")]
    [InlineData("60000", "--where", "ID > -99999999999999999999")]
    [InlineData("0", "--where", "id > 1e30")]
    [InlineData("0", "--where", "id = 7.5")]
    [InlineData("60000", "--where", "id != 7.5")]
    public void Scan_CountWithConditions_IsRight(string expected, params string[] options)
    {
        ToolRun run = Scan("ints", ["--count", .. options]);
        Assert.Equal((0, "", expected + "\n"), (run.Code, run.Errors, run.Output));
    }

    [Theory]
    [InlineData("12000", "--where", "amount >= 0")]
    [InlineData("1", "--where", "amount = 712.1400", "--where", "id = 4985")]
    [InlineData("0", "--where", "amount = 712.141")]
    [InlineData("1", "--where", "ts = '2020-01-01 23:32:25'")]
    [InlineData("1", "--where", "ts=2020-01-01T23:32:25")]
    [InlineData("1", "--where", "name = 'name-997'")]
    [InlineData("1", "--where", "name = name-997")]
    [InlineData("0", "--where", "name = 'NAME-997'")]
    [InlineData("9600", "--where", "note <> 'it''s'")]
    public void Scan_CountOfWide_IsRight(string expected, params string[] options)
    {
        ToolRun run = Scan("wide", ["--count", .. options]);
        Assert.Equal((0, "", expected + "\n"), (run.Code, run.Errors, run.Output));
    }

    [Theory]
    [InlineData("public.ints")]
    [InlineData("postgres.public.ints")]
    [InlineData("POSTGRES.Public.INTS")]
    [InlineData("\"postgres\".\"public\".\"ints\"")]
    public void Scan_NameOfATable_FoldsAndQuotesAsInSql(string name) =>
        Assert.Equal("60000\n", Scan(name, "--count").Output);

    [Fact]
    public void Scan_CatalogTable_IsATableLikeOthers()
    {
        ToolRun run = Scan("template1.pg_catalog.pg_database", "--columns", "datname,datacl", "--format", "json");
        Assert.Equal(0, run.Code);
        Assert.Contains("\"datacl\" (_aclitem)", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("{\"datname\":\"postgres\",\"datacl\":null}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_Explain_TellsOnStderr()
    {
        ToolRun run = Scan("ints", "--count", "--explain", "--io-method", "sync");
        Assert.Equal((0, "60000\n"), (run.Code, run.Output));
        Assert.Contains("pages: 383, 0 of them found in the pool", run.ErrorLines);
        foreach (string word in (string[])["Sequential scan of postgres.public.ints", "I/Os of", "waits: ",
            "distance: ", "io_method: sync"])
            Assert.Contains(word, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no table \"public\".\"nothing\" in database \"postgres\".", "nothing")]
    [InlineData("There is \"public\".\"ints\"", "pg_catalog.ints")]
    [InlineData("there is no database \"other\"; there are postgres, template0, template1", "other.public.ints")]
    [InlineData("'a..b' is no name of a table", "a..b")]
    [InlineData("'a.b.c.d' is no name of a table", "a.b.c.d")]
    [InlineData("is an index: name its table", "ints_val")]
    [InlineData("is a view: it has no rows of its own", "pg_catalog.pg_tables")]
    [InlineData("has no column \"nope\"; it has id, val, flag", "ints", "--columns", "id,nope")]
    [InlineData("\"id\" is named more than once", "ints", "--columns", "id,ID")]
    [InlineData("'' is none", "ints", "--columns", "id,")]
    [InlineData("has no column \"nope\"", "ints", "--where", "nope = 1")]
    [InlineData("after the column comes one of = <> < <= > >=", "ints", "--where", "id ~ 1")]
    [InlineData("after the column comes one of = <> < <= > >=", "ints", "--where", "id == 1")]
    [InlineData("after the column comes one of = <> < <= > >=", "ints", "--where", "id")]
    [InlineData("there is no constant", "ints", "--where", "id =")]
    [InlineData("a quote is not closed", "wide", "--where", "name = 'x")]
    [InlineData("something follows the constant", "wide", "--where", "name = 'x' or true")]
    [InlineData("with null never holds", "wide", "--where", "note = NULL")]
    [InlineData("'x' is no constant for column \"id\" of type int4", "ints", "--where", "id = x")]
    [InlineData("'maybe' is no constant for column \"flag\" of type bool", "ints", "--where", "flag = maybe")]
    [InlineData("'2020-02-30' is no constant for column \"ts\"", "wide", "--where", "ts < '2020-02-30'")]
    [InlineData("the table has no index 'nope'; it has ints_val.", "ints", "--index", "nope")]
    [InlineData("the table has no index 'ints_val'; it has churn_pkey.", "churn", "--index", "ints_val")]
    [InlineData("it has none", "wide", "--index", "x")]
    [InlineData("--limit takes a whole number from 0 up, not '-1'", "ints", "--limit", "-1")]
    [InlineData("--format takes csv, json or none, not 'xml'", "ints", "--format", "xml")]
    [InlineData("--parallel takes a whole number from 1 to 64, not '0'", "ints", "--parallel", "0")]
    public void Scan_WhatCannotBe_IsOneLineAndTwo(string expected, params string[] args) =>
        ToolRun.Of(["scan", cluster.DataDirectory, .. args]).AssertRefused(expected);

    [Theory]
    [InlineData("tables")]
    [InlineData("scan", "ints")]
    public void Command_NoDataDirectory_IsRefused(string command, params string[] rest)
    {
        ToolRun.Of([command, Path.GetTempPath(), .. rest]).AssertRefused("pg_control");
        ToolRun.Of([command, "no/such/folder", .. rest]).AssertRefused("no/such/folder");
        ToolRun.Of([command, "", .. rest]).AssertRefused("PGDATA is empty");
    }

    [Theory]
    [InlineData("tables")]
    [InlineData("scan", "ints")]
    public void Command_ServerNotStopped_IsRefused(string command, params string[] rest)
    {
        using SmallCluster copy = new(cluster);
        ControlFileEdit.SetState(copy, 6);
        ToolRun.Of([command, copy.DataDirectory, .. rest]).AssertRefused("must be shut down cleanly");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Scan_DamagedPage_PrintsNothingAndSaysWhere(int lanes)
    {
        using ClusterCopy copy = cluster.Copy();
        copy.Flip("base/5/16401", (7 * 8192) + 5000, 1);
        ToolRun run = ToolRun.Of("scan", copy.DataDirectory, "rolled", "--parallel", $"{lanes}");
        run.AssertRefused("block 7");
        ToolRun.Of("scan", copy.DataDirectory, "rolled", "--count").AssertRefused("base/5/16401");
    }

    [Fact]
    public void Scan_FileMissing_IsOneLineAndTwo()
    {
        using ClusterCopy copy = cluster.Copy();
        File.Delete(copy.InCopy("base/5/16384"));
        ToolRun.Of("scan", copy.DataDirectory, "ints").AssertRefused("base/5/16384");
        ToolRun.Of("tables", copy.DataDirectory).AssertRefused("base/5/16384");
    }

    [Fact]
    public void Scan_Interrupted_IsTwo()
    {
        using CancellationTokenSource interruption = new();
        interruption.Cancel();
        ToolRun.Of(interruption.Token, "scan", cluster.DataDirectory, "ints").AssertRefused("interrupted");
        ToolRun.Of(interruption.Token, "scan", cluster.DataDirectory, "ints", "--count").AssertRefused("interrupted");
    }

    [Fact]
    public async Task Scan_ReaderThatLeaves_EndsQuietly()
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "Forebay.Tool.dll");
        using ProcessRun run = ProcessRun.StartShell(
            $"dotnet '{tool}' scan '{cluster.DataDirectory}' wide | head -n 2; echo \"code ${{PIPESTATUS[0]}}\"");
        (int code, string output, string errors) = await run.EndAsync();
        Assert.Equal((0, ""), (code, errors));
        string[] lines = output.Split('\n');
        Assert.Equal("id,name,note,amount,ts,filler,opt", lines[0]);
        Assert.Equal("code 0", lines[2]);
    }

    [Fact]
    public async Task Scan_IntoAFile_AppendsInPlace()
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "Forebay.Tool.dll");
        string file = Path.GetTempFileName();
        try
        {
            using ProcessRun run = ProcessRun.StartShell(
                $"(echo first; dotnet '{tool}' scan '{cluster.DataDirectory}' ints --limit 1; echo last) > '{file}'");
            Assert.Equal((0, "", ""), await run.EndAsync());
            string[] lines = File.ReadAllLines(file);
            Assert.Equal(["first", "id,val,flag", "last"], [lines[0], lines[1], lines[^1]]);
            Assert.Equal(4, lines.Length);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string[] Answer(string table) => ClusterFixture.Expected("answers.tsv")
        .Select(line => line.Split('\t')).Single(fields => fields[0] == table);

    private static string[] AsCsv(string file) =>
    [
        .. ClusterFixture.Expected(file).Select(line => line.Split('|'))
            .Select(fields => $"\"{fields[0]}\",{fields[1]},{fields[2]}"),
    ];

    private static (int Block, int Item) PlaceOf(string row)
    {
        string[] numbers = row[2..row.IndexOf(')', StringComparison.Ordinal)].Split(',');
        return (int.Parse(numbers[0]), int.Parse(numbers[1]));
    }

    private ToolRun Scan(string table, params string[] options) =>
        ToolRun.Of(["scan", cluster.DataDirectory, table, .. options]);
}
