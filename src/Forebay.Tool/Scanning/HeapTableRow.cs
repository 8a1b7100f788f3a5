using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans;
using Forebay.PostgreSql.Tuples;

namespace Forebay.Tool.Scanning;

/// <summary>A row from the table itself.</summary>
internal readonly ref struct HeapTableRow(HeapRow row, string file) : ITableRow
{
    private readonly HeapRow _row = row;

    public ItemPointer Place => _row.Tid;

    public bool TryGetValue(int column, out ReadOnlySpan<byte> value) => _row.TryGetValue(column, out value);

    public DamagedDataException Damage(DataFault fault, string detail) =>
        new(file, _row.Tid.Block, _row.Tid.Item, fault, detail);
}
