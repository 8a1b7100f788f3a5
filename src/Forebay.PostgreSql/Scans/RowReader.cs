using System.Buffers;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Types;

namespace Forebay.PostgreSql.Scans;

/// <summary>Takes the current row of a scan apart, as far as its columns are asked for.</summary>
/// <remarks>
/// The walk over a row ends at the highest column that was ever asked for: a scan that looks at the first column only
/// never touches the others.
/// </remarks>
internal sealed class RowReader(HeapRelation relation)
{
    private readonly CatalogColumn[] _columns = relation.ColumnArray;
    private readonly TupleLayout _layout = relation.Layout;
    private readonly ColumnSlice[] _slices = new ColumnSlice[relation.Layout.Count];
    private readonly VarlenaReader _values = new(relation.Toast);
    private int _wanted;
    private int _located;

    public int ColumnCount => _slices.Length;

    /// <summary>Another row is next: nothing of it is known.</summary>
    public void Begin() => _located = 0;

    public ColumnSlice Slice(scoped in HeapRow row, int column)
    {
        if (column >= _located)
            Locate(row, column);
        return _slices[column];
    }

    /// <summary>The value as it is stored, header included; of an older row, what the column then was.</summary>
    public bool TryStored(scoped in HeapRow row, int column, out ReadOnlySpan<byte> stored)
    {
        ColumnSlice slice = Slice(row, column);
        stored = slice.Of(row.Bytes);
        if (slice.HasValue || !slice.IsAbsent || _columns[column].MissingValue is not { } missing)
            return slice.HasValue;
        stored = missing.Span;
        return true;
    }

    /// <summary>The value itself: fetched, decompressed, without header.</summary>
    public bool TryValue(scoped in HeapRow row, int column, out ReadOnlySpan<byte> value)
    {
        if (!TryStored(row, column, out value))
            return false;
        switch (_columns[column].Shape.Length)
        {
            case ColumnShape.Varlena:
                DataFault fault = _values.TryRead(value, out value);
                if (fault != DataFault.None)
                    throw Bad(row, column, fault);
                return true;
            case ColumnShape.ZeroTerminated:
                value = value[..^1];
                return true;
            default:
                return true;
        }
    }

    public bool TryWriteText(scoped in HeapRow row, int column, IBufferWriter<byte> output)
    {
        if (!TryValue(row, column, out ReadOnlySpan<byte> value))
            return false;
        DataFault fault = ValueText.Write(_columns[column].Form, value, output);
        return fault == DataFault.None ? true : throw Bad(row, column, fault);
    }

    private void Locate(scoped in HeapRow row, int column)
    {
        _wanted = Math.Max(_wanted, column + 1);
        DataFault fault = HeapTuple.TryParse(row.Bytes, out HeapTuple tuple);
        int at = 0;
        if (fault == DataFault.None)
            fault = _layout.Locate(tuple, _slices.AsSpan(0, _wanted), out at);
        if (fault != DataFault.None)
            throw Bad(row, at, fault);
        _located = _wanted;
    }

    private DamagedDataException Bad(scoped in HeapRow row, int column, DataFault fault)
    {
        string detail = (uint)column < (uint)_columns.Length ? $"column {_columns[column].Name}" : "";
        return new DamagedDataException(relation.Main.Path, row.Tid.Block, row.Tid.Item, fault, detail);
    }
}
