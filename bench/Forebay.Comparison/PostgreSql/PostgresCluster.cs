using System.Globalization;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.PostgreSql;

/// <summary>A data directory with one wide table in it, made once and then only read.</summary>
internal sealed class PostgresCluster(PostgresBinaries binaries, string folder)
{
    private const int RowsPerPage = 7;
    private const int FillerBytes = 1100;
    private const string Table = "pages";

    /// <summary>The table's name.</summary>
    public static string TableName => Table;

    public PostgresBinaries Binaries => binaries;

    public string DataDirectory => Path.Combine(folder, "data");

    /// <summary>Makes the cluster, with page checksums, and fills the table, unless that was done before.</summary>
    public void Prepare(int pages)
    {
        string done = Path.Combine(folder, "filled");
        if (File.Exists(done))
            return;
        ServerUser.MakeFolder(folder);
        ServerUser.Run(binaries.Program("initdb"), [
            "-D", DataDirectory, "-U", "bench", "-A", "trust", "--no-locale", "-E", "UTF8", "--data-checksums",
        ]);
        using (PostgresServer server = Start(["wal_level=minimal", "max_wal_senders=0", "max_wal_size=8GB"]))
        {
            string rows = ((long)pages * RowsPerPage).ToString(CultureInfo.InvariantCulture);
            server.Query($"BEGIN; CREATE TABLE {Table}(id int, r int, filler text);"
                + $" ALTER TABLE {Table} ALTER filler SET STORAGE PLAIN;"
                + $" INSERT INTO {Table} SELECT i, (hashint4(i) & 2147483647) % 1000000,"
                + $" rpad(md5(i::text), {FillerBytes}, 'x') FROM generate_series(1, {rows}) i; COMMIT;");
            server.Query($"CREATE INDEX ON {Table}(r);");
            server.Query($"VACUUM (FREEZE, ANALYZE) {Table};");
            server.Query("CHECKPOINT;");
        }

        File.WriteAllText(done, string.Empty);
    }

    /// <summary>Starts the server; settings as <c>name=value</c>.</summary>
    public PostgresServer Start(IEnumerable<string> settings) => new(binaries, DataDirectory, folder, settings);

    /// <summary>The table's first segment.</summary>
    public DataFile Relation()
    {
        using PostgresServer server = Start([]);
        string path = Path.Combine(DataDirectory, server.Query($"SELECT pg_relation_filepath('{Table}');").Trim());
        return new DataFile(path, (int)(new FileInfo(path).Length / Contender.PageBytes));
    }

    /// <summary>The blocks that a condition on the indexed column is true in, in order.</summary>
    public uint[] Blocks(int below)
    {
        using PostgresServer server = Start([]);
        return [.. server.Query(
                $"SELECT DISTINCT (ctid::text::point)[0]::int FROM {Table} WHERE r < {below} ORDER BY 1;")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => uint.Parse(line, CultureInfo.InvariantCulture))];
    }

    public static string CountAll => $"SELECT count(*) FROM {Table};";

    public static string CountBelow(int below) => $"SELECT count(filler) FROM {Table} WHERE r < {below};";
}
