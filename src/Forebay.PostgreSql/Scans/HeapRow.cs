using System.Buffers;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans;

/// <summary>
/// A visible row where it lies in the pool. Valid until the next call on its scan; nothing of it is copied.
/// </summary>
/// <remarks>
/// Columns are counted from 0, dropped ones included, as in <see cref="HeapRelation.Columns"/>. Every way to a column
/// throws <see cref="DamagedDataException"/> if the row's bytes make no sense.
/// </remarks>
public readonly ref struct HeapRow
{
    private readonly RowReader _reader;

    internal HeapRow(RowReader reader, ItemPointer tid, ReadOnlySpan<byte> bytes)
    {
        _reader = reader;
        Tid = tid;
        Bytes = bytes;
    }

    /// <summary>Where it lies: the column <c>ctid</c>.</summary>
    public ItemPointer Tid { get; }

    /// <summary>The whole row version, header included.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>How many columns the table has, dropped ones included.</summary>
    public int ColumnCount => _reader.ColumnCount;

    /// <summary>The row version with its header taken apart.</summary>
    public HeapTuple Tuple => HeapTuple.TryParse(Bytes, out HeapTuple tuple) == DataFault.None
        ? tuple
        : throw new InvalidOperationException("There is no row.");

    /// <summary>Where a column lies within <see cref="Bytes"/>.</summary>
    /// <param name="column">The column, from 0.</param>
    public ColumnSlice Slice(int column) => _reader.Slice(this, column);

    /// <summary>Whether a column is null.</summary>
    /// <param name="column">The column, from 0.</param>
    public bool IsNull(int column) => !_reader.TryStored(this, column, out _);

    /// <summary>The bytes of a column as they are stored: with length word, compressed, or a reference.</summary>
    /// <param name="column">The column, from 0.</param>
    /// <param name="stored">The bytes; of a row older than the column, the column's default of then.</param>
    /// <returns>False for null.</returns>
    public bool TryGetStored(int column, out ReadOnlySpan<byte> stored) =>
        _reader.TryStored(this, column, out stored);

    /// <summary>The value of a column: without length word, decompressed, fetched from where it is stored.</summary>
    /// <param name="column">The column, from 0.</param>
    /// <param name="value">The value; valid until a value of another column is asked for.</param>
    /// <returns>False for null.</returns>
    public bool TryGetValue(int column, out ReadOnlySpan<byte> value) => _reader.TryValue(this, column, out value);

    /// <summary>Prints a column as PostgreSQL does.</summary>
    /// <param name="column">The column, from 0.</param>
    /// <param name="output">Where the text goes.</param>
    /// <returns>False for null; nothing is printed then.</returns>
    public bool TryWriteText(int column, IBufferWriter<byte> output) => _reader.TryWriteText(this, column, output);
}
