using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.PostgreSql.Tuples;

namespace Forebay.Tool.Scanning;

/// <summary>What an index has of a row.</summary>
internal readonly ref struct IndexTableRow(IndexRow row, int[] columns) : ITableRow
{
    private readonly IndexRow _row = row;

    // Where the row's versions begin, not where it lies: nobody who asks for ctid is answered by an index alone.
    public ItemPointer Place => throw new InvalidOperationException("An index does not know where a row lies.");

    public bool TryGetValue(int column, out ReadOnlySpan<byte> value) =>
        _row.TryGetValue(columns[column], out value);

    public DamagedDataException Damage(DataFault fault, string detail) => _row.Damage(fault, detail);
}
