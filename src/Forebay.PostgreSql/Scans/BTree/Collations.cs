using System.Buffers.Binary;
using System.Text;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>Looks up in the catalogs how texts are ordered, and what operators a key is for.</summary>
internal static class Collations
{
    private const uint Default = 100;
    private const uint C = 950;
    private const uint Posix = 951;
    private const byte LibraryProvider = (byte)'c';
    private const byte BuiltinProvider = (byte)'b';
    private const byte DefaultProvider = (byte)'d';

    /// <summary>Whether a collation orders texts byte by byte.</summary>
    public static bool IsBytewise(HeapRelation table, uint collation) => collation switch
    {
        C or Posix => true,
        Default => IsBytewise(table, "pg_database", "dat", table.Catalog.Database.Id),
        _ => IsBytewise(table, "pg_collation", "coll", collation),
    };

    /// <summary>The family of an operator class, or 0.</summary>
    public static uint FamilyOf(HeapRelation table, uint operatorClass)
    {
        HeapRelation classes = table.OpenOther("pg_catalog", "pg_opclass");
        int family = Column(classes, "opcfamily");
        using SequentialScan scan = classes.ScanSequentially();
        return TryFind(scan, classes, operatorClass, out HeapRow row) && row.TryGetValue(family, out var value)
            ? BinaryPrimitives.ReadUInt32LittleEndian(value)
            : 0;
    }

    private static bool IsBytewise(HeapRelation table, string catalog, string prefix, uint id)
    {
        HeapRelation rows = table.OpenOther("pg_catalog", catalog);
        int provider = Column(rows, $"{prefix}{(prefix == "dat" ? "loc" : "")}provider");
        int locale = Column(rows, $"{prefix}collate");
        using SequentialScan scan = rows.ScanSequentially();
        if (!TryFind(scan, rows, id, out HeapRow row) || !row.TryGetValue(provider, out var kind))
            return false;
        switch (kind[0])
        {
            case BuiltinProvider: // by code point, all of them
                return true;
            case LibraryProvider:
                string name = row.TryGetValue(locale, out var value) ? Encoding.UTF8.GetString(value) : "";
                return name is "C" or "POSIX";
            case DefaultProvider:
                return prefix != "dat" && IsBytewise(table, Default);
            default:
                return false;
        }
    }

    private static bool TryFind(SequentialScan scan, HeapRelation rows, uint id, out HeapRow row)
    {
        int oid = Column(rows, "oid");
        while (scan.TryNext(out row))
        {
            if (row.TryGetValue(oid, out var value) && BinaryPrimitives.ReadUInt32LittleEndian(value) == id)
                return true;
        }

        return false;
    }

    private static int Column(HeapRelation rows, string name)
    {
        int column = rows.FindColumn(name);
        return column >= 0
            ? column
            : throw new NotSupportedException($"{rows.Relation.Name} has no column {name}.");
    }
}
