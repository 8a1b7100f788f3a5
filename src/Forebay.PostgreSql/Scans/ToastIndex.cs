using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Scans.BTree;
using Forebay.PostgreSql.Tuples;
using Forebay.Streams;

namespace Forebay.PostgreSql.Scans;

/// <summary>
/// One TOAST table by its B-tree, whose keys are value number and piece number: the pieces of a value in their order.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Between two values the scan holds nothing.")]
internal sealed class ToastIndex
{
    private const int SequenceColumn = 1;
    private const int DataColumn = 2;
    private const int Columns = 3;

    private readonly IndexScan _pieces;

    private ToastIndex(BTreeIndex index)
    {
        // All pieces of a value are wanted: its pages are asked for at once.
        _pieces = new IndexScan(index, IndexRange.EqualTo(IndexKey.Of(0)), new ReadStreamOptions
        {
            Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching,
            Strategy = index.Table.BulkStrategy,
        });
    }

    /// <summary>Finds the index of a TOAST table.</summary>
    /// <returns>Null if there is none that values can be looked up in.</returns>
    public static ToastIndex? TryOpen(HeapRelation table)
    {
        if (table.Columns.Count != Columns)
            return null;
        foreach (CatalogIndex index in table.Catalog.ReadIndexes(table.Relation))
        {
            if (index is not { IsValid: true, KeyCount: 2, Relation.HasStorage: true })
                continue;
            try
            {
                return new ToastIndex(BTreeIndex.Open(table, index));
            }
            catch (NotSupportedException)
            {
                // Not the one that every TOAST table has.
            }
        }

        return null;
    }

    /// <summary>Appends the pieces of a value.</summary>
    public DataFault Fetch(in ToastPointer pointer, IBufferWriter<byte> output)
    {
        int left = pointer.StoredLength;
        int next = 0;
        _pieces.Restart(IndexKey.Of(pointer.ValueId));
        try
        {
            for (; _pieces.TryNext(out HeapRow piece); next++)
            {
                DataFault fault = Read(piece, next, out ReadOnlySpan<byte> data);
                if (fault != DataFault.None)
                    return fault;
                if (data.IsEmpty || data.Length > left)
                    return DataFault.ToastChunks;
                output.Write(data);
                left -= data.Length;
            }

            return left == 0 ? DataFault.None : next == 0 ? DataFault.ToastMissing : DataFault.ToastChunks;
        }
        finally
        {
            _pieces.Release();
        }
    }

    private static DataFault Read(scoped in HeapRow piece, int number, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (!piece.TryGetStored(SequenceColumn, out ReadOnlySpan<byte> sequence)
            || !piece.TryGetStored(DataColumn, out ReadOnlySpan<byte> stored)
            || sequence.Length != sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(sequence) != number)
            return DataFault.ToastChunks;
        DataFault fault = Varlena.TryParse(stored, out Varlena value);
        if (fault != DataFault.None)
            return fault;
        data = value.Payload;
        return value.Kind == VarlenaKind.Plain ? DataFault.None : DataFault.ToastChunks;
    }
}
