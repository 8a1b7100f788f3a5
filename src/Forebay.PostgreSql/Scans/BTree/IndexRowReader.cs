using System.Buffers;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Types;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>Takes the entries of an index apart, as far as their columns are asked for.</summary>
internal sealed class IndexRowReader(BTreeIndex index)
{
    private readonly ColumnSlice[] _slices = new ColumnSlice[index.Layout.Count];
    private readonly VarlenaReader _values = new(toast: null);

    public string File => index.Main.Path;

    public uint Block { get; set; }

    public int Item { get; set; }

    public bool TryValue(scoped in IndexRow row, int column, out ReadOnlySpan<byte> value)
    {
        IndexEntry entry = row.Entry;
        value = default;
        Fail(index.Layout.Locate(
            entry.KeyBytes, entry.DataOffset, entry.NullBitmap, _slices.Length, _slices.AsSpan(0, column + 1), out _));
        if (!_slices[column].HasValue)
            return false;
        value = _slices[column].Of(entry.KeyBytes);
        switch (index.Columns[column].Shape.Length)
        {
            case ColumnShape.Varlena:
                Fail(_values.TryRead(value, out value));
                return true;
            case ColumnShape.ZeroTerminated:
                value = value[..^1];
                return true;
            default:
                return true;
        }
    }

    public bool TryWriteText(scoped in IndexRow row, int column, IBufferWriter<byte> output)
    {
        if (!TryValue(row, column, out ReadOnlySpan<byte> value))
            return false;
        CatalogColumn stored = index.Columns[column];
        // A name is stored as text that ends with a zero.
        bool isText = stored.Shape.Length == ColumnShape.ZeroTerminated;
        Fail(ValueText.Write(isText ? ValueForm.Text : stored.Form, value, output));
        return true;
    }

    private void Fail(DataFault fault) => DamagedDataException.ThrowIf(fault, index.Main.Path, Block, Item);
}
