using System.Globalization;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.PostgreSql.Types;
using Forebay.Tests.PostgreSql.Live;
using Forebay.Tests.PostgreSql.Scans.BTree;

namespace Forebay.Tests.PostgreSql.Scans;

/// <summary>What a real server answers by its indexes, we answer by the same indexes.</summary>
public sealed class LiveScanTests
{
    // Deleting most rows and vacuuming leaves deleted leaves; updates and savepoints leave chains and unsettled rows;
    // few different keys make posting lists.
    private const string Tables =
        """
        create table t (id int4, k2 int2, txt text, d date, u uuid, b bool, nm name, pad text)
            with (fillfactor = 80);
        create table f (id int4, f4 float4, f8 float8, n numeric, ch "char", c char(6));
        insert into f select i, case i % 9 when 0 then null when 1 then 'NaN' when 2 then '-Infinity' else i / 7.0 end,
            case i % 7 when 0 then null when 1 then 'NaN' when 2 then '-0' else -i / 3.0 end,
            case i % 5 when 0 then null when 1 then 'NaN' when 2 then 'Infinity' else (i - 3000) * 1.50 end,
            chr(33 + i % 90)::"char", 'c' || i % 200 from generate_series(1, 6000) i;
        create index f_f4 on f (f4); create index f_f8 on f (f8 desc nulls last);
        create index f_n on f (n nulls first, id); create index f_ch on f (ch); create index f_c on f (c desc);
        insert into t select i, case when i % 11 = 0 then null else i % 100 end,
            case when i % 13 = 0 then null else 'text ' || (i % 777) end, date '2020-01-01' + i % 400,
            md5((i % 5000)::text)::uuid, i % 3 = 0, 'name' || i % 50, repeat('p', 20) from generate_series(1, 40000) i;
        create index t_k2_id on t (k2, id desc);
        create index t_txt on t (txt desc);
        create index t_d on t (d, nm);
        create index t_u on t (u);
        create index t_b on t (b);
        create index t_nm on t (nm);
        create index t_id on t (id desc nulls first);
        create index t_float on t ((id::float8));
        create index t_icu on t (pad) where id > 5;
        delete from t where id between 8000 and 30000;
        vacuum t;
        update t set pad = 'updated in place' where id % 7 = 0;
        update t set txt = 'other ' || id where id % 17 = 0;
        begin; savepoint a; delete from t where id % 5 = 0; rollback to a; delete from t where id % 19 = 0; commit;
        begin; insert into t select i, 3, 'gone', date '2020-01-01' from generate_series(50000, 51000) i; rollback;
        checkpoint;
        """;

    public static TheoryData<string> Programs() => LiveServerTests.Programs();

    [Theory]
    [MemberData(nameof(Programs))]
    public void Scans_OfARealServersTable_AnswerAsItDoes(string programs)
    {
        Assert.SkipWhen(programs.Length == 0, "no PostgreSQL server is installed");
        Assert.SkipWhen(PostgreSqlServer.FindClient() is null, "no psql is installed to talk to the server with");
        using var server = new PostgreSqlServer(programs);
        server.Query("postgres", Tables);
        (string Index, IndexRange Range, string Where)[] questions = [.. Questions()];
        string[] answers = [.. questions.Select(one => server.Query("postgres",
            $"select count(*) || ' ' || coalesce(sum(id), 0) from {TableOf(one.Index)} where {one.Where}").Trim())];
        server.Stop();

        var methods = MethodAvailability.Probe().Where(static found => found.IsAvailable).Select(static f => f.Method);
        foreach ((IoMethod method, int pool) in methods.SelectMany(static method =>
            new[] { (method, OpenedCluster.SmallPool), (method, OpenedCluster.LargePool) }))
        {
            using var cluster = new OpenedCluster(server.DataDirectory, method, pool);
            using (SequentialScan all = cluster.Table("t").ScanSequentially())
                Assert.Equal(answers[0].Split(' ')[0], all.Count().ToString(CultureInfo.InvariantCulture));
            for (int i = 0; i < questions.Length; i++)
            {
                using IndexScan scan = IndexScanTests.Index(
                    cluster, TableOf(questions[i].Index), questions[i].Index).Scan(questions[i].Range);
                long count = 0;
                long sum = 0;
                while (scan.TryNext(out HeapRow row))
                {
                    count++;
                    sum += OpenedCluster.Number(row, 0);
                }

                Assert.Equal($"{questions[i].Where}: {answers[i]}", $"{questions[i].Where}: {count} {sum}");
            }

            Refusal(cluster, "t_float", "has an expression for a key");
            Refusal(cluster, "t_icu", "has only some of the rows");
        }
    }

    private static string TableOf(string index) => index[..1];

    private static void Refusal(OpenedCluster cluster, string index, string message)
    {
        NotSupportedException refusal =
            Assert.Throws<NotSupportedException>(() => IndexScanTests.Index(cluster, "t", index));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Index, IndexRange Range, string Where)> Questions()
    {
        yield return ("t_id", IndexRange.All, "true");
        yield return ("t_txt", IndexRange.All, "true");
        yield return ("t_id", Between(IndexKey.Of(7000), IndexKey.Of(31000)), "id between 7000 and 31000");
        yield return ("t_id", Between(null, IndexKey.Of(100)), "id <= 100");
        yield return ("t_id", new IndexRange { Low = IndexKey.Of(39_990), LowInclusive = false }, "id > 39990");
        yield return ("t_k2_id", IndexRange.EqualTo(IndexKey.Of(42)), "k2 = 42");
        yield return ("t_k2_id", Between(IndexKey.Of(90), null), "k2 >= 90");
        yield return ("t_k2_id", Between(null, IndexKey.Of(3)), "k2 <= 3");
        yield return ("t_k2_id", new IndexRange
        {
            Prefix = [IndexKey.Of(7)],
            Low = IndexKey.Of(2000),
            High = IndexKey.Of(35_007),
            HighInclusive = false,
        }, "k2 = 7 and id >= 2000 and id < 35007");
        yield return ("t_k2_id", IndexRange.EqualTo(IndexKey.Of(42), IndexKey.Of(142)), "k2 = 42 and id = 142");
        yield return ("t_txt", IndexRange.EqualTo(IndexKey.Of("text 55")), "txt = 'text 55'");
        yield return ("t_txt", Between(IndexKey.Of("text 7"), null), "txt >= 'text 7'");
        yield return ("t_txt", Between(null, IndexKey.Of("other 5")), "txt <= 'other 5'");
        yield return ("t_d", Between(IndexKey.Of(7305 + 10), IndexKey.Of(7305 + 20)),
            "d between '2020-01-11' and '2020-01-21'");
        yield return ("t_d", new IndexRange
        {
            Prefix = [IndexKey.Of(7305)],
            Low = IndexKey.Of("name2"),
            High = IndexKey.Of("name4"),
        }, "d = '2020-01-01' and nm between 'name2' and 'name4'");
        yield return ("t_u", IndexRange.EqualTo(IndexKey.Of(
            Convert.FromHexString("202cb962ac59075b964b07152d234b70"))), "u = '202cb962-ac59-075b-964b-07152d234b70'");
        yield return ("f_f4", IndexRange.All, "true");
        yield return ("f_f4", Between(IndexKey.Of(100.0), IndexKey.Of(500.5)), "f4 between 100.0 and 500.5");
        yield return ("f_f4", Between(IndexKey.Of(800.0), null), "f4 >= 800");
        yield return ("f_f4", IndexRange.EqualTo(IndexKey.Of(double.NegativeInfinity)), "f4 = '-Infinity'");
        yield return ("f_f4", IndexRange.EqualTo(IndexKey.Null), "f4 is null");
        yield return ("f_f8", IndexRange.EqualTo(IndexKey.Of(0.0)), "f8 = 0");
        yield return ("f_f8", IndexRange.EqualTo(IndexKey.Of(double.NaN)), "f8 = 'NaN'");
        yield return ("f_f8", IndexRange.EqualTo(IndexKey.Null), "f8 is null");
        yield return ("f_f8", Between(null, IndexKey.Of(-1000.0)), "f8 <= -1000");
        yield return ("f_n", Between(Decimal("-1500.00"), Decimal("77.5")), "n between -1500 and 77.5");
        yield return ("f_n", IndexRange.EqualTo(Decimal("3.0")), "n = 3");
        yield return ("f_n", Between(Decimal("4000"), null), "n >= 4000");
        yield return ("f_n", IndexRange.EqualTo(Decimal("NaN")), "n = 'NaN'");
        yield return ("f_n", IndexRange.EqualTo(IndexKey.Null), "n is null");
        yield return ("f_n", new IndexRange { Prefix = [IndexKey.Null], Low = IndexKey.Of(5000) },
            "n is null and id >= 5000");
        yield return ("f_ch", Between(IndexKey.Of("A"), IndexKey.Of("c")), "ch between 'A' and 'c'");
        yield return ("f_c", IndexRange.EqualTo(IndexKey.Of("c17")), "c = 'c17'");
        yield return ("t_k2_id", IndexRange.EqualTo(IndexKey.Null), "k2 is null");
        yield return ("t_txt", IndexRange.EqualTo(IndexKey.Null), "txt is null");
        yield return ("t_b", IndexRange.EqualTo(IndexKey.Of(1)), "b");
        yield return ("t_nm", Between(IndexKey.Of("name1"), IndexKey.Of("name19")), "nm between 'name1' and 'name19'");
    }

    private static IndexKey Decimal(string number)
    {
        Assert.True(DecimalConstant.TryParse(number, out DecimalConstant constant));
        return IndexKey.Of(constant);
    }

    private static IndexRange Between(IndexKey? low, IndexKey? high) => IndexRange.Between(low, high);
}
