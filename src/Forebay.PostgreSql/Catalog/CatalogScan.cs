using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Relations;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;
using Forebay.Storage;

namespace Forebay.PostgreSql.Catalog;

/// <summary>Goes over the visible rows of a catalog, block by block.</summary>
internal sealed class CatalogScan(IRelationPages pages, TupleVisibility visibility, ServerText text)
{
    private const int ItemsMax = PageChecksum.PageSize / LinePointer.Size;

    public delegate void Visitor(in CatalogRow row);

    /// <summary>Visits each row.</summary>
    /// <exception cref="DamagedDataException">A page or a row is damaged.</exception>
    public void Visit(RelationLocator locator, TupleLayout layout, Visitor visitor)
    {
        string file = pages.NameOf(locator);
        byte[] page = new byte[PageChecksum.PageSize];
        ushort[] items = new ushort[ItemsMax];
        var slices = new ColumnSlice[layout.Count];
        uint blocks = pages.GetBlockCount(locator);
        for (uint block = 0; block < blocks; block++)
        {
            pages.Read(locator, block, page);
            DamagedDataException.ThrowIf(ItemPage.TryOpen(page, out ItemPage view), file, block);
            DataFault fault = visibility.List(view, items, out int visible, out int item);
            DamagedDataException.ThrowIf(fault, file, block, item);
            foreach (ushort number in items.AsSpan(0, visible))
            {
                DamagedDataException.ThrowIf(view.TryItem(number, out ReadOnlySpan<byte> bytes), file, block, number);
                DamagedDataException.ThrowIf(HeapTuple.TryParse(bytes, out HeapTuple tuple), file, block, number);
                // The layout may name the first columns only.
                fault = layout.Locate(
                    bytes, tuple.DataOffset, tuple.NullBitmap, tuple.ColumnCount, slices, out int column);
                DamagedDataException.ThrowIf(fault, file, block, number);
                visitor(new CatalogRow(bytes, slices, text, file, block, number));
            }
        }
    }
}
