using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Scans.Bitmaps;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Types;
using Forebay.Storage;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>A B-tree over a table that is open in a session: where its index scans begin.</summary>
/// <remarks>
/// Keys are compared if their type and operators are among these: int2, int4, int8, oid, float4, float8, numeric, bool,
/// date, time, timestamp, timestamptz, uuid, bytea, "char", and text, varchar, char(n) and name in a collation that
/// goes byte by byte. Nulls are keys too. An index of some rows only, or of an expression, is refused. One flow at a
/// time, that of the table's session.
/// </remarks>
public sealed class BTreeIndex
{
    private const int KeysMax = 32;
    private const int DescendingOption = 1;
    private const int NullsFirstOption = 2;

    private BTreeIndex(
        HeapRelation table, CatalogIndex index, CatalogColumn[] columns, TupleLayout layout, KeyColumn[] keys)
    {
        Table = table;
        Index = index;
        Columns = columns;
        Layout = layout;
        Keys = keys;
        Main = table.Session.Instance.Relation(index.Relation.Locator).Main;
    }

    /// <summary>The table.</summary>
    public HeapRelation Table { get; }

    /// <summary>The index in the catalog.</summary>
    public CatalogIndex Index { get; }

    /// <summary>What the index stores of each row: keys first.</summary>
    public IReadOnlyList<CatalogColumn> Columns { get; }

    /// <summary>Its pages.</summary>
    public RelationFork Main { get; }

    internal string Name => Index.Relation.Name;

    internal TupleLayout Layout { get; }

    internal IReadOnlyList<KeyColumn> Keys { get; }

    /// <summary>Opens an index.</summary>
    /// <param name="table">Its table, open in the session that will read.</param>
    /// <param name="index">The index, as the table's database lists it.</param>
    /// <exception cref="NotSupportedException">
    /// It is no B-tree, not complete, of some rows only, or has keys that cannot be compared here; the message says
    /// which and why.
    /// </exception>
    public static BTreeIndex Open(HeapRelation table, CatalogIndex index)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(index);
        string name = index.Relation.Name;
        if (index.Table != table.Relation.Id)
            throw new ArgumentException($"{name} is no index of {table.Relation.Name}.", nameof(index));
        Require(index.Relation.AccessMethod == "btree", name, $"is of kind {index.Relation.AccessMethod}, not btree");
        Require(index.IsValid, name, "is not complete");
        Require(!index.IsPartial, name, "has only some of the rows");
        CatalogColumn[] columns = [.. table.Catalog.ReadColumns(index.Relation)];
        Require(columns.Length <= KeysMax && columns.Length >= index.KeyCount, name, "has an impossible width");
        var shapes = new ColumnShape[columns.Length];
        for (int i = 0; i < shapes.Length; i++)
            shapes[i] = columns[i].Shape;
        var keys = new KeyColumn[index.KeyCount];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = KeyOf(table, index, columns[i], i);
        return new BTreeIndex(table, index, columns, new TupleLayout(shapes), keys);
    }

    /// <summary>Begins a scan of the rows of a range, in the order of the index.</summary>
    /// <param name="range">The range.</param>
    /// <returns>The scan, the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">The range does not fit the index.</exception>
    public IndexScan Scan(IndexRange range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new IndexScan(this, range);
    }

    /// <summary>
    /// Adds the places that a range leads to, to a set, for a <see cref="BitmapHeapScan"/>: whoever wants the rows in
    /// the order of their places, each page once. Blocks the thread while pages of the index are read.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="places">Where they go.</param>
    /// <returns>What was done on the index's side; rows are its entries.</returns>
    /// <exception cref="ArgumentException">The range does not fit the index.</exception>
    /// <exception cref="Forebay.PostgreSql.Pages.DamagedDataException">A page of the index makes no sense.</exception>
    public ScanStatistics AddPlaces(IndexRange range, TidBitmap places)
    {
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(places);
        using LeafReader leaves = new(this, range);
        using IndexLeaf leaf = new(keepsPage: false);
        while (leaves.TryNext(leaf))
        {
            foreach (ItemPointer place in leaf.Places)
                places.Add(place);
        }

        return leaves.Statistics;
    }

    /// <summary>
    /// Begins a scan of what the index stores of a range, which reads of the table only what is not all-visible.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <returns>The scan, the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">The range does not fit the index.</exception>
    public IndexOnlyScan ScanIndexOnly(IndexRange range)
    {
        ArgumentNullException.ThrowIfNull(range);
        return new IndexOnlyScan(this, range);
    }

    /// <summary>Finds a column of the table among what the index stores.</summary>
    /// <param name="tableColumn">The column, from 0, as in <see cref="HeapRelation.Columns"/>.</param>
    /// <returns>
    /// Its place in <see cref="Columns"/>, where a value is the table's to the byte, so that the table need not be read
    /// for it; -1 if there is none.
    /// </returns>
    public int FindColumn(int tableColumn)
    {
        for (int i = 0; i < Columns.Count && i < Index.Columns.Count; i++)
        {
            if (Index.Columns[i] == tableColumn + 1)
                return HoldsWhole(Columns[i], Table.ColumnArray[tableColumn]) ? i : -1;
        }

        return -1;
    }

    // A name is stored up to its zero; nothing else may change its type on the way into an index.
    private static bool HoldsWhole(CatalogColumn stored, CatalogColumn column) =>
        column is { IsDropped: false, IsVirtual: false }
        && (stored.Shape == column.Shape
            || (column.Form == ValueForm.Name && stored.Shape.Length == ColumnShape.ZeroTerminated));

    private static KeyColumn KeyOf(HeapRelation table, CatalogIndex index, CatalogColumn column, int position)
    {
        string name = index.Relation.Name;
        int options = index.Options[position];
        int number = index.Columns[position];
        Require(number > 0, name, $"has an expression for a key ({column.Name})");
        // A name is stored as text that ends with a zero: the table's column knows what it is.
        CatalogColumn source = column.Form == ValueForm.Hex ? table.ColumnArray[number - 1] : column;
        uint family = Collations.FamilyOf(table, index.OperatorClasses[position]);
        if (KeyFamilies.KindOf(family, source.Form, column.Shape) is not { } kind)
        {
            throw new NotSupportedException(
                $"{name}: key {column.Name} of type {source.TypeName} cannot be compared (operator family {family})");
        }

        bool isText = kind is KeyKind.Bytes or KeyKind.PaddedBytes or KeyKind.ZeroTerminated;
        uint collation = index.Collations[position];
        Require(
            !isText || collation == 0 || KeyFamilies.IgnoresCollation(family)
                || Collations.IsBytewise(table, collation),
            name,
            $"orders key {column.Name} by a collation that does not go byte by byte");
        return new KeyColumn(
            column.Name, kind, (options & DescendingOption) != 0, (options & NullsFirstOption) != 0);
    }

    private static void Require(bool holds, string name, string problem)
    {
        if (!holds)
            throw new NotSupportedException($"{name} {problem}");
    }
}
