using System.Buffers.Text;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.Tool.Scanning.Output;

/// <summary>
/// Prints rows into a buffer. One thread at a time; nothing is allocated per row once the buffer fits.
/// </summary>
/// <param name="columns">What is printed.</param>
/// <param name="buffer">Where it goes.</param>
internal abstract class RowWriter(IReadOnlyList<OutputColumn> columns, OutputBuffer buffer)
{
    private const int NumberBytesMax = 16;

    private readonly OutputColumn[] _columns = [.. columns];

    /// <summary>What is printed.</summary>
    protected IReadOnlyList<OutputColumn> Columns => _columns;

    /// <summary>Where it goes.</summary>
    protected OutputBuffer Buffer => buffer;

    /// <summary>Makes the writer of a format; null for none.</summary>
    public static RowWriter? Create(RowFormat format, IReadOnlyList<OutputColumn> columns, OutputBuffer buffer) =>
        format switch
        {
            RowFormat.Csv => new CsvRowWriter(columns, buffer),
            RowFormat.Json => new JsonRowWriter(columns, buffer),
            RowFormat.None => null,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
        };

    /// <summary>Prints what comes before all rows.</summary>
    public abstract void WriteHeader();

    /// <summary>Prints a row.</summary>
    /// <exception cref="DamagedDataException">The row makes no sense.</exception>
    public void WriteRow<TRow>(scoped in TRow row)
        where TRow : ITableRow, allows ref struct
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            OutputColumn column = _columns[i];
            BeginValue(i);
            DataFault fault = DataFault.None;
            if (column.IsPlace)
                WritePlace(row.Place);
            else if (row.TryGetValue(column.Index, out ReadOnlySpan<byte> value))
                fault = WriteValue(column, value);
            else
                WriteNull();
            if (fault != DataFault.None)
                throw row.Damage(fault, $"column {column.Name}");
        }

        EndRow();
    }

    /// <summary>Prints what comes before a value.</summary>
    protected abstract void BeginValue(int column);

    /// <summary>Prints null.</summary>
    protected abstract void WriteNull();

    /// <summary>Prints a value.</summary>
    /// <returns>What is wrong with it, or <see cref="DataFault.None"/>.</returns>
    protected abstract DataFault WriteValue(OutputColumn column, ReadOnlySpan<byte> value);

    /// <summary>Prints what comes after a row.</summary>
    protected abstract void EndRow();

    // Both formats want it in quotes: it has a comma.
    private void WritePlace(ItemPointer place)
    {
        Span<byte> number = stackalloc byte[NumberBytesMax];
        buffer.Put("\"("u8);
        Utf8Formatter.TryFormat(place.Block, number, out int written);
        buffer.Put(number[..written]);
        buffer.Put((byte)',');
        Utf8Formatter.TryFormat(place.Item, number, out written);
        buffer.Put(number[..written]);
        buffer.Put(")\""u8);
    }
}
