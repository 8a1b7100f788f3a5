using System.Numerics;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Tuples;

/// <summary>The columns of a table or an index, and the walk over a row that finds where each one lies.</summary>
/// <remarks>Immutable: any thread may use it. Nothing is allocated per row.</remarks>
public sealed class TupleLayout
{
    private readonly ColumnShape[] _columns;
    private readonly int[] _fixedOffsets;

    /// <summary>Makes a layout.</summary>
    /// <param name="columns">The columns in the order of their numbers, dropped ones included.</param>
    /// <exception cref="ArgumentException">A column has an impossible shape.</exception>
    public TupleLayout(ReadOnlySpan<ColumnShape> columns)
    {
        foreach (ColumnShape column in columns)
        {
            if (column.Alignment > 8 || !BitOperations.IsPow2(column.Alignment)
                || column.Length is 0 or < ColumnShape.ZeroTerminated)
                throw new ArgumentException($"There is no column of shape {column}.", nameof(columns));
        }

        _columns = columns.ToArray();
        _fixedOffsets = FixedOffsets(columns);
    }

    /// <summary>How many columns there are, dropped ones included.</summary>
    public int Count => _columns.Length;

    /// <summary>The columns in order.</summary>
    public ReadOnlySpan<ColumnShape> Columns => _columns;

    /// <summary>Finds the first columns of a row: as many as there is room for.</summary>
    /// <param name="tuple">The row.</param>
    /// <param name="slices">
    /// Where each column goes; slices count from the start of <see cref="HeapTuple.Bytes"/>.
    /// </param>
    /// <param name="column">The index of the column that is at fault, if one is.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="slices"/> is longer than the columns.</exception>
    public DataFault Locate(in HeapTuple tuple, Span<ColumnSlice> slices, out int column)
    {
        if (tuple.ColumnCount > _columns.Length)
        {
            column = _columns.Length;
            return DataFault.TooManyColumns;
        }

        return Locate(tuple.Bytes, tuple.DataOffset, tuple.NullBitmap, tuple.ColumnCount, slices, out column);
    }

    /// <summary>Finds the first columns in bytes that are laid out like a row, such as an index entry.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="dataOffset">Where the first column starts, a multiple of 8.</param>
    /// <param name="nullBitmap">A bit for each stored column, set where there is a value; empty for no nulls.</param>
    /// <param name="stored">How many columns are stored.</param>
    /// <param name="slices">Where each column goes.</param>
    /// <param name="column">The index of the column that is at fault, if one is.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="slices"/> is longer than the columns.</exception>
    public DataFault Locate(
        ReadOnlySpan<byte> bytes,
        int dataOffset,
        ReadOnlySpan<byte> nullBitmap,
        int stored,
        Span<ColumnSlice> slices,
        out int column)
    {
        if (slices.Length > _columns.Length)
            throw new ArgumentException($"There are {_columns.Length} columns only.", nameof(slices));
        int end = Math.Min(slices.Length, stored);
        int offset = dataOffset;
        column = 0;
        if (nullBitmap.IsEmpty)
        {
            DataFault fault = LocateFixed(bytes, dataOffset, slices[..end], out column, out offset);
            if (fault != DataFault.None)
                return fault;
        }

        for (; column < end; column++)
        {
            if (!nullBitmap.IsEmpty && (nullBitmap[column >> 3] & (1 << (column & 7))) == 0)
            {
                slices[column] = ColumnSlice.Null;
                continue;
            }

            DataFault fault = Measure(bytes, _columns[column], ref offset, out int length);
            if (fault != DataFault.None)
                return fault;
            slices[column] = new ColumnSlice(offset, length);
            offset += length;
        }

        slices[end..].Fill(ColumnSlice.Absent);
        return DataFault.None;
    }

    // The columns of fixed length that nothing variable precedes lie at the same place in every row.
    private DataFault LocateFixed(
        ReadOnlySpan<byte> bytes, int dataOffset, Span<ColumnSlice> slices, out int column, out int offset)
    {
        int count = Math.Min(slices.Length, _fixedOffsets.Length);
        offset = dataOffset;
        for (column = 0; column < count; column++)
        {
            offset = dataOffset + _fixedOffsets[column];
            int length = _columns[column].Length;
            if (length > bytes.Length - offset)
                return DataFault.ColumnPastEnd;
            slices[column] = new ColumnSlice(offset, length);
            offset += length;
        }

        return DataFault.None;
    }

    private static DataFault Measure(ReadOnlySpan<byte> bytes, ColumnShape shape, ref int offset, out int length)
    {
        length = 0;
        // A short value needs no alignment; the bytes that fill a gap before an aligned one are zero.
        bool aligned = shape.Length != ColumnShape.Varlena
            || ((uint)offset < (uint)bytes.Length && bytes[offset] == 0);
        if (aligned)
            offset = (offset + shape.Alignment - 1) & -shape.Alignment;
        if (offset > bytes.Length)
            return DataFault.ColumnPastEnd;

        ReadOnlySpan<byte> rest = bytes[offset..];
        switch (shape.Length)
        {
            case ColumnShape.Varlena:
                DataFault fault = Varlena.TryMeasure(rest, out length);
                if (fault != DataFault.None)
                    return fault;
                break;
            case ColumnShape.ZeroTerminated:
                length = rest.IndexOf((byte)0) + 1;
                if (length == 0)
                    return DataFault.ColumnPastEnd;
                break;
            default:
                length = shape.Length;
                break;
        }

        return length <= rest.Length ? DataFault.None : DataFault.ColumnPastEnd;
    }

    private static int[] FixedOffsets(ReadOnlySpan<ColumnShape> columns)
    {
        var offsets = new List<int>();
        int offset = 0;
        foreach (ColumnShape column in columns)
        {
            if (column.Length < 0)
                break;
            offset = (offset + column.Alignment - 1) & -column.Alignment;
            offsets.Add(offset);
            offset += column.Length;
        }

        return [.. offsets];
    }
}
