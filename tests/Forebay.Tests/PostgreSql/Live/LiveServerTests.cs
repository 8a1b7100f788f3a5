using System.Globalization;
using System.Text;
using Forebay.PostgreSql.Catalog;

namespace Forebay.Tests.PostgreSql.Live;

/// <summary>What a real server wrote, read by us, is what that server prints.</summary>
public sealed class LiveServerTests(ITestOutputHelper output)
{
    private const int Rows = 3000;

    private const string Types =
        """
        create table every as select id, b, i2, i8, o, f4, f8, n, n2, t, v, c, nm, ch, by, u, j,
            date '2000-01-01' + days as d, time '00:00' + us * interval '1 microsecond' as tm,
            timestamp '2000-01-01' + sec * interval '1 second' + us * interval '1 microsecond' as ts,
            timestamptz '2000-01-01 00:00+00' + sec * interval '1 second' + us * interval '1 microsecond' as tz
            from staging;
        insert into every (id, d, ts, tz, tm, f4, f8, n) values
            (-1, 'infinity', 'infinity', 'infinity', '24:00', 'NaN', 'NaN', 'NaN'),
            (-2, '-infinity', '-infinity', '-infinity', '00:00', 'Infinity', '-Infinity', '-Infinity'),
            (-3, '4713-01-01 BC', '4713-01-01 00:00:00 BC', '4713-01-02 00:00:00+00 BC', '23:59:59.999999', '-0', '-0',
                '1e1000'),
            (-4, '5874897-12-31', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '12:00:00.1',
                '1e15', '1e15', '1e-1000'),
            (-5, '0001-01-01', '0001-01-01 00:00:00', '0001-12-31 23:59:59.5+00 BC', '01:02:03.000001', '123456',
                '123456789012345', '-0.00001'),
            (-6, '0001-12-31 BC', '10000-01-01', '9999-12-31 23:59:59+00', null, '1e-5', '0.0001', '0.00000');
        create table two (f8 float8, f4 float4);
        """;

    private const string Histories =
        """
        create table hist (id int4 primary key, v int4, t text) with (fillfactor = 70);
        insert into hist select i, i, repeat('x', i % 90) from generate_series(1, 4000) i;
        update hist set v = v + 1 where id % 3 = 0;
        delete from hist where id % 7 = 0;
        vacuum freeze hist;
        begin; update hist set v = -1 where id % 5 = 0; rollback;
        begin; savepoint a; update hist set v = v + 10 where id % 11 = 0; savepoint b;
            delete from hist where id % 13 = 0; rollback to b; insert into hist select i, 0, 'b' from
            generate_series(10001, 10100) i; release a; commit;
        begin; savepoint a; insert into hist select i, 0, 'c' from generate_series(10201, 10300) i; rollback to a;
            insert into hist values (10400, 1, 'kept'); commit;
        begin; select count(*) from (select 1 from hist where id % 17 = 0 for key share) x; savepoint a;
            update hist set v = v + 100 where id % 17 = 0; release a; commit;
        begin; select count(*) from (select 1 from hist where id % 19 = 0 for key share) x; savepoint a;
            update hist set v = v + 1000 where id % 19 = 0; rollback to a; commit;
        begin; select count(*) from (select 1 from hist where id % 23 = 0 for update) x; commit;
        begin; select count(*) from (select 1 from hist where id % 29 = 0 for share) x; savepoint a;
            select count(*) from (select 1 from hist where id % 29 = 0 for update) x; commit;
        begin; update hist set v = 7 where id = 1; prepare transaction 'pending';
        do $$ begin for i in 1..200 loop begin insert into hist values (20000 + i, i, 'sub');
            if i % 3 = 0 then raise 'x'; end if; exception when others then null; end; end loop; end $$;

        create table shape (a int4, gone text, b int8);
        insert into shape select i, 'gone' || i, i from generate_series(1, 100) i;
        alter table shape drop column gone;
        alter table shape add column c text default 'seven and more characters', add column d numeric default 12.50,
            add column e int2 default 3, add column f timestamptz default '2020-02-02 00:00+00',
            add column g text, add column h "char" default 'q', add column i uuid
            default '00112233-4455-6677-8899-aabbccddeeff';
        insert into shape (a, b, c) select i, null, null from generate_series(101, 120) i;
        update shape set b = 5 where a % 4 = 0;
        create domain positive as int4 check (value > 0);
        create domain more_positive as positive;
        alter table shape add column j more_positive default 9;
        alter table shape add column k int4 generated always as (a * 2) stored;

        create schema "Odd "".Schema";
        create table "Odd "".Schema"."Odd.Table" ("Col A" text);
        insert into "Odd "".Schema"."Odd.Table" values ('odd');
        create unlogged table nolog (i int4); insert into nolog select generate_series(1, 1000);
        """;

    private const string Long =
        """
        create table long (id int4, plain text, ext text, main text, by bytea);
        alter table long alter plain set storage extended, alter ext set storage external,
            alter main set storage main;
        insert into long select i, repeat(md5(i::text), i % 400), repeat(chr(65 + i % 26), (i * 37) % 20000),
            repeat(md5((i % 7)::text) || 'tail', i % 90), decode(repeat(md5(i::text), i % 100), 'hex')
            from generate_series(1, 600) i;
        insert into long select 1000 + i, string_agg(md5(random()::text), ''), '', null, '\x'
            from generate_series(1, 30) i, generate_series(1, 300) k group by i;
        update long set plain = plain || 'u' where id % 5 = 0;
        delete from long where id % 9 = 0;
        """;

    public static TheoryData<string> Programs() => PostgreSqlServer.FindPrograms() is { Count: > 0 } found
        ? [.. found]
        : [""];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Tables_OfARealServer_ReadAsItPrintsThem(string programs)
    {
        Assert.SkipWhen(programs.Length == 0, "no PostgreSQL server is installed (FOREBAY_POSTGRESQL_BIN, Debian's)");
        Assert.SkipWhen(PostgreSqlServer.FindClient() is null, "no psql is installed to talk to the server with");
        int seed = int.Parse(Environment.GetEnvironmentVariable("FOREBAY_SEED") ?? "20250705",
            CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}");
        using var server = new PostgreSqlServer(programs);
        Fill(server, seed);
        bool lz4 = TryLz4(server);
        output.WriteLine($"{programs}: LZ4 {(lz4 ? "is" : "is not")} built in");
        string space = server.MakeFolder("space");
        server.Query("postgres", $"create tablespace \"Space\" location '{space}';");
        server.Query("postgres", "create database \"Other\" tablespace \"Space\" template template0;");
        server.Query("Other", "create table t (i int4); insert into t values (1), (2);");
        server.Query("postgres", "create table moved tablespace \"Space\" as select * from hist;");

        string[] tables =
        [
            "every", "two", "hist", "shape", "long", "nolog", "moved", "\"Odd \"\".Schema\".\"Odd.Table\"",
            "pg_catalog.pg_am", .. lz4 ? ["long4"] : Array.Empty<string>(),
        ];
        var expected = tables.ToDictionary(static table => table, table => Copied(server, "postgres", table));
        byte[] other = Copied(server, "Other", "t");
        server.Stop();

        using PostgreSqlCluster cluster = PostgreSqlCluster.Open(server.DataDirectory);
        DatabaseCatalog catalog = cluster.OpenDatabase(cluster.FindDatabase("postgres")!);
        foreach (string table in tables.Where(static table => table != "pg_catalog.pg_am"))
            Same(table, expected[table], Printed(cluster, catalog, table));
        Same("t", other, Printed(cluster, cluster.OpenDatabase(cluster.FindDatabase("Other")!), "t"));
        Assert.Contains("pg_tblspc", cluster.Pages.NameOf(catalog.Find("public", "moved")!.Locator));
        Assert.Contains("\theap\t", Encoding.UTF8.GetString(expected["pg_catalog.pg_am"]));
    }

    internal static void Fill(PostgreSqlServer server, int seed)
    {
        var rows = new RandomRows(seed);
        string input = Path.Combine(server.Folder, "rows");
        string powers = Path.Combine(server.Folder, "powers");
        File.WriteAllText(input, rows.Print(Rows), new UTF8Encoding(false));
        File.WriteAllText(powers, RandomRows.PowersOfTwo(), new UTF8Encoding(false));
        server.Query("postgres", $"{RandomRows.Staging}\n\\copy staging from '{input}'\n{Types}" +
            $"\n\\copy two from '{powers}'\n");
        server.Query("postgres", Histories);
        server.Query("postgres", Long);
    }

    private static bool TryLz4(PostgreSqlServer server)
    {
        string known = server.Query("postgres",
            "select 'lz4' = any(enumvals) from pg_settings where name = 'default_toast_compression';");
        if (known.Trim() != "t")
            return false;
        server.Query("postgres", "set default_toast_compression = 'lz4';" +
            "create table long4 (id int4, plain text compression lz4, main text compression lz4);" +
            "alter table long4 alter main set storage main;" +
            "insert into long4 select i, repeat(md5(i::text), i % 500) || string_agg(md5((i * k)::text), '')," +
            "repeat(md5((i % 7)::text) || 'tail', i % 90) from generate_series(1, 400) i, generate_series(1, 40) k" +
            " group by i;");
        return true;
    }

    private static byte[] Copied(PostgreSqlServer server, string database, string table)
    {
        string file = Path.Combine(server.Folder, "copied");
        server.Query(database, $"\\copy {table} to '{file}'\n");
        return File.ReadAllBytes(file);
    }

    private static byte[] Printed(PostgreSqlCluster cluster, DatabaseCatalog catalog, string table)
    {
        Assert.True(QualifiedName.TryParse(table, out QualifiedName? name));
        CatalogRelation? relation = catalog.Find(name!.Schema ?? "public", name.Name);
        Assert.True(relation is not null, $"{table} is not in the catalog");
        return new RowText(cluster, catalog, relation).Print();
    }

    private static void Same(string table, byte[] expected, byte[] actual)
    {
        string[] theirs = Encoding.Latin1.GetString(expected).Split('\n');
        string[] ours = Encoding.Latin1.GetString(actual).Split('\n');
        var different = new List<string>();
        for (int i = 0; i < Math.Min(theirs.Length, ours.Length) && different.Count < 20; i++)
        {
            string[] left = theirs[i].Split('\t');
            string[] right = ours[i].Split('\t');
            for (int k = 0; k < Math.Max(left.Length, right.Length); k++)
            {
                if (k >= left.Length || k >= right.Length || left[k] != right[k])
                {
                    different.Add($"row {i}, column {k}: PostgreSQL '{Cut(left, k)}', we '{Cut(right, k)}'");
                    break;
                }
            }
        }

        Assert.True(different.Count == 0, $"{table}:\n{string.Join('\n', different)}");
        Assert.Equal(theirs.Length, ours.Length);
    }

    private static string Cut(string[] fields, int index)
    {
        string field = index < fields.Length ? fields[index] : "(nothing)";
        return field.Length > 100 ? field[..100] : field;
    }
}
