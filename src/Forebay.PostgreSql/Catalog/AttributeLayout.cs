using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Catalog;

/// <summary>
/// The first columns of <c>pg_attribute</c> and <c>pg_database</c>, which nothing else describes when they are needed:
/// the former describes all catalogs, itself included, the latter tells where they are.
/// </summary>
internal static class AttributeLayout
{
    private const int NameBytes = 64;

    private static readonly ColumnShape s_long = new(4, 4);
    private static readonly ColumnShape s_short = new(2, 2);
    private static readonly ColumnShape s_byte = new(1, 1);
    private static readonly ColumnShape s_name = new(NameBytes, 1);

    /// <summary>
    /// Up to <c>attisdropped</c>. 16 moved the target of statistics away, 18 dropped a cached offset.
    /// </summary>
    public static IReadOnlyList<(string Name, ColumnShape Shape)> Attributes(int majorVersion)
    {
        List<(string, ColumnShape)> columns =
            [("attrelid", s_long), ("attname", s_name), ("atttypid", s_long)];
        if (majorVersion <= 15)
        {
            columns.AddRange([("attstattarget", s_long), ("attlen", s_short), ("attnum", s_short)]);
            columns.AddRange([("attndims", s_long), ("attcacheoff", s_long), ("atttypmod", s_long)]);
        }
        else
        {
            columns.AddRange([("attlen", s_short), ("attnum", s_short)]);
            if (majorVersion <= 17)
                columns.Add(("attcacheoff", s_long));
            columns.AddRange([("atttypmod", s_long), ("attndims", s_short)]);
        }

        foreach (string name in new[]
        {
            "attbyval", "attalign", "attstorage", "attcompression", "attnotnull", "atthasdef", "atthasmissing",
            "attidentity", "attgenerated", "attisdropped",
        })
        {
            columns.Add((name, s_byte));
        }

        return columns;
    }

    /// <summary>Up to <c>dattablespace</c>. 17 put a flag where 16 has padding.</summary>
    public static IReadOnlyList<(string Name, ColumnShape Shape)> Databases(int majorVersion)
    {
        List<(string, ColumnShape)> columns =
        [
            ("oid", s_long), ("datname", s_name), ("datdba", s_long), ("encoding", s_long),
            ("datlocprovider", s_byte), ("datistemplate", s_byte), ("datallowconn", s_byte),
        ];
        if (majorVersion >= 17)
            columns.Add(("dathasloginevt", s_byte));
        columns.AddRange(
        [
            ("datconnlimit", s_long), ("datfrozenxid", s_long), ("datminmxid", s_long), ("dattablespace", s_long),
        ]);
        return columns;
    }
}
