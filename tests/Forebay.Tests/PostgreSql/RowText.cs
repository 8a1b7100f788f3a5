using System.Buffers;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Toast;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Types;

namespace Forebay.Tests.PostgreSql;

/// <summary>Prints the visible rows of a table as <c>COPY … TO</c> does, with plain page reads.</summary>
public sealed class RowText
{
    private readonly PostgreSqlCluster _cluster;
    private readonly CatalogRelation _table;
    private readonly IReadOnlyList<CatalogColumn> _columns;
    private readonly TupleLayout _layout;
    private readonly VarlenaReader _reader;
    private readonly ColumnSlice[] _slices;
    private readonly ArrayBufferWriter<byte> _value = new();

    public RowText(PostgreSqlCluster cluster, DatabaseCatalog catalog, CatalogRelation table)
    {
        _cluster = cluster;
        _table = table;
        _columns = catalog.ReadColumns(table);
        _layout = new TupleLayout([.. _columns.Select(static column => column.Shape)]);
        _slices = new ColumnSlice[_columns.Count];
        _reader = new VarlenaReader(new ToastStore(catalog, cluster.Pages, cluster.Visibility));
    }

    /// <summary>All rows, each with a line feed, in the order of their places.</summary>
    public byte[] Print()
    {
        var output = new ArrayBufferWriter<byte>();
        byte[] page = new byte[PageChecksum.PageSize];
        ushort[] items = new ushort[2048];
        uint blocks = _cluster.Pages.GetBlockCount(_table.Locator);
        for (uint block = 0; block < blocks; block++)
        {
            _cluster.Pages.Read(_table.Locator, block, page);
            Assert.Equal(DataFault.None, ItemPage.TryOpen(page, out ItemPage view));
            Assert.Equal(DataFault.None, _cluster.Visibility.List(view, items, out int visible, out _));
            Assert.Equal(DataFault.None, _cluster.Visibility.Count(view, out int counted, out _));
            Assert.Equal(visible, counted);
            foreach (ushort item in items.AsSpan(0, visible))
            {
                Assert.Equal(DataFault.None, view.TryItem(item, out ReadOnlySpan<byte> bytes));
                Assert.Equal(DataFault.None, HeapTuple.TryParse(bytes, out HeapTuple tuple));
                Assert.Equal(DataFault.None, _layout.Locate(tuple, _slices, out _));
                PrintRow(bytes, output);
            }
        }

        return output.WrittenSpan.ToArray();
    }

    private void PrintRow(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        bool first = true;
        for (int i = 0; i < _columns.Count; i++)
        {
            CatalogColumn column = _columns[i];
            if (column.IsDropped || column.IsGenerated)
                continue;
            if (!first)
                output.Write("\t"u8);
            first = false;
            ReadOnlySpan<byte> stored = _slices[i].Of(bytes);
            if (_slices[i].IsNull || (_slices[i].IsAbsent && column.MissingValue is null))
            {
                output.Write("\\N"u8);
                continue;
            }

            if (_slices[i].IsAbsent)
                stored = column.MissingValue!.Value.Span;
            if (column.Shape.Length == ColumnShape.Varlena)
                Assert.Equal(DataFault.None, _reader.TryRead(stored, out stored));
            _value.ResetWrittenCount();
            Assert.Equal(DataFault.None, ValueText.Write(column.Form, stored, _value));
            Escape(_value.WrittenSpan, output);
        }

        output.Write("\n"u8);
    }

    private static void Escape(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        ReadOnlySpan<byte> special = "\b\f\n\r\t\v\\"u8;
        ReadOnlySpan<byte> letters = "bfnrtv\\"u8;
        foreach (byte character in text)
        {
            int index = special.IndexOf(character);
            if (index >= 0)
                output.Write([(byte)'\\', letters[index]]);
            else
                output.Write([character]);
        }
    }
}
