using System.Globalization;
using System.Text;
using System.Text.Json;
using Forebay.Tests.PostgreSql.Live;

namespace Forebay.Tests.Tool;

/// <summary><c>forebay scan</c> beside a real server: to the byte what its COPY printed, and the same counts.</summary>
public sealed class LiveScanTests(ITestOutputHelper output)
{
    private const string Extra =
        """"
        create table quirks ("a,b" text, "say ""x""" text, "Line" text);
        insert into quirks values ('', null, '\.'), (' ', ',', '"'), (E'a\nb', E'c\rd', '""'), ('NULL', '''', E'\t');
        create table lone (t text);
        insert into lone values ('\.'), (''), (null), ('\N'), ('x');
        create table nothing ();
        insert into nothing default values;
        """";

    private static readonly string[] s_tables =
    [
        "every", "two", "hist", "shape", "long", "nolog", "quirks", "lone", "nothing",
        "\"Odd \"\".Schema\".\"Odd.Table\"",
    ];

    private static readonly string[] s_columns =
        ["b", "i2", "i8", "o", "f4", "f8", "n", "n2", "t", "v", "c", "nm", "by", "u", "d", "tm", "ts", "tz"];

    private static readonly string[] s_operators = ["=", "<>", "<", "<=", ">", ">="];

    public static TheoryData<string> Programs() => LiveServerTests.Programs();

    [Theory]
    [MemberData(nameof(Programs))]
    public void Scan_OfARealServer_IsWhatItsCopyPrinted(string programs)
    {
        Assert.SkipWhen(programs.Length == 0, "no PostgreSQL server is installed (FOREBAY_POSTGRESQL_BIN, Debian's)");
        Assert.SkipWhen(PostgreSqlServer.FindClient() is null, "no psql is installed to talk to the server with");
        int seed = int.Parse(Environment.GetEnvironmentVariable("FOREBAY_SEED") ?? "20250705",
            CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}");
        using var server = new PostgreSqlServer(programs);
        LiveServerTests.Fill(server, seed);
        server.Query("postgres", Extra);
        var copied = s_tables.ToDictionary(static table => table, table => Copied(server, table));
        var counted = s_columns.ToDictionary(static column => column, column => Counted(server, column));
        server.Query("postgres", "create table back (i int) with (autovacuum_enabled = off);"
            + "insert into back select generate_series(1, 100);");
        server.Query("postgres", "begin; insert into back select 0 from generate_series(1, 5);"
            + "delete from back where i <= 3; prepare transaction 'looks back';");
        server.Query("postgres", "delete from back where i between 50 and 56;");
        server.Query("postgres", "begin; insert into back values (0), (0); rollback;");
        string odd = server.Query("postgres", "create database latin encoding 'LATIN1' locale 'C' template template0;");
        Assert.Equal("", odd);
        server.Query("latin", "set client_encoding = 'LATIN1'; create table l (t text);"
            + "insert into l values (convert_from('\\xe9e8', 'LATIN1')), ('plain');");
        // Names in that encoding, made of bytes that are no UTF-8.
        server.Query("latin", "do $$ declare e text := convert_from('\\xe9', 'LATIN1'); begin "
            + "execute format('create schema %I', 's' || e); "
            + "execute format('create table %I.%I (%I text, \"B\" int)', 's' || e, 't' || e, 'c' || e); "
            + "execute format('insert into %I.%I values (%L, 1), (''x'', 2)', 's' || e, 't' || e, 'v' || e); "
            + "execute format('create index %I on %I.%I (%I)', 'i' || e, 's' || e, 't' || e, 'c' || e); end $$;");
        server.Stop();

        JsonElement back = Assert.Single(
            ToolRun.Of("vacuum-report", server.DataDirectory, "back", "--json").Json.GetProperty("tables")
                .EnumerateArray());
        // What the prepared transaction deleted is there until it commits; what it inserted stays until it aborts.
        Assert.Equal((93, 2, 12), (
            back.GetProperty("live").GetInt32(),
            back.GetProperty("dead").GetInt32(),
            back.GetProperty("recently_dead").GetInt32()));
        foreach (string table in s_tables)
            Same(table, copied[table], Scan(server, table));
        foreach (string column in s_columns)
            CheckCounts(server, column, counted[column]);
        Assert.Equal([.. "t\n"u8, 0xE9, 0xE8, .. "\nplain\n"u8], Scan(server, "latin.public.l"));
        Assert.Equal(
            [.. "{\"t\":\""u8, 0xE9, 0xE8, .. "\"}\n{\"t\":\"plain\"}\n"u8],
            Scan(server, "latin.public.l", "--format", "json"));
        Assert.Equal("1\n"u8.ToArray(), Scan(server, "latin.public.l", "--count", "--where", "t = '\u00E9\u00E8'"));
        Assert.Equal(
            [(byte)'c', 0xE9, .. ",B\nv"u8, 0xE9, .. ",1\nx,2\n"u8], Scan(server, "latin.S\u00E9.T\u00E9"));
        Assert.Equal(
            [.. "{\"c"u8, 0xE9, .. "\":\"v"u8, 0xE9, .. "\"}\n"u8],
            Scan(server, "latin.s\u00E9.t\u00E9", "--columns", "c\u00E9", "--index", "i\u00E9", "--where",
                "c\u00E9 = v\u00E9", "--format", "json"));
        ToolRun tables = ToolRun.Of("tables", server.DataDirectory, "--json");
        Assert.Contains(
            tables.Json.GetProperty("tables").EnumerateArray(),
            table => table.GetProperty("name").GetString() == "t\u00E9");
    }

    private static byte[] Copied(PostgreSqlServer server, string table)
    {
        string file = Path.Combine(server.Folder, "copied");
        server.Query("postgres", $"\\copy {table} to '{file}' with (format csv, header)\n");
        return File.ReadAllBytes(file);
    }

    // For a few values of a column: how many rows are equal to it, differ, are less, and so on.
    private static string[][] Counted(PostgreSqlServer server, string column)
    {
        string counts = string.Join(", ", s_operators.Select(op => $"count(*) filter (where t.{column} {op} x.c)"));
        return
        [
            .. server.Query("postgres", $"select encode(convert_to(x.c::text, 'UTF8'), 'hex'), {counts} from every t, "
                    + $"(select distinct {column} as c from every where id in (-5, -3, -2, -1, 7, 500, 900)) x "
                    + "where x.c is not null group by x.c;")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|')),
        ];
    }

    private static void CheckCounts(PostgreSqlServer server, string column, string[][] answers)
    {
        Assert.NotEmpty(answers);
        foreach (string[] answer in answers)
        {
            string constant = Encoding.UTF8.GetString(Convert.FromHexString(answer[0]))
                .Replace("'", "''", StringComparison.Ordinal);
            for (int i = 0; i < s_operators.Length; i++)
            {
                string condition = $"{column} {s_operators[i]} '{constant}'";
                byte[] count = Scan(server, "every", "--count", "--where", condition);
                Assert.True(
                    answer[i + 1] + "\n" == Encoding.UTF8.GetString(count),
                    $"{condition}: PostgreSQL {answer[i + 1]}, we {Encoding.UTF8.GetString(count)}");
            }
        }
    }

    private static byte[] Scan(PostgreSqlServer server, string table, params string[] options)
    {
        ToolRun run = ToolRun.Of(["scan", server.DataDirectory, table, "--io-method", "worker", .. options]);
        Assert.Equal((0, ""), (run.Code, run.Errors));
        return run.Bytes;
    }

    private static void Same(string table, byte[] expected, byte[] actual)
    {
        string[] theirs = Encoding.Latin1.GetString(expected).Split('\n');
        string[] ours = Encoding.Latin1.GetString(actual).Split('\n');
        for (int i = 0; i < Math.Min(theirs.Length, ours.Length); i++)
            Assert.True(theirs[i] == ours[i], $"{table}, line {i}:\nPostgreSQL {theirs[i]}\nwe         {ours[i]}");
        Assert.Equal(theirs.Length, ours.Length);
        Assert.Equal(expected, actual);
    }
}
