using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.Tool.Scanning;

/// <summary>A row of a table, from wherever its values come. Columns are the table's, from 0.</summary>
internal interface ITableRow
{
    /// <summary>Where it lies: the column <c>ctid</c>.</summary>
    ItemPointer Place { get; }

    /// <summary>The value of a column; false for null.</summary>
    /// <exception cref="DamagedDataException">The row makes no sense.</exception>
    bool TryGetValue(int column, out ReadOnlySpan<byte> value);

    /// <summary>That a value makes no sense, with the place that it came from.</summary>
    DamagedDataException Damage(DataFault fault, string detail);
}
