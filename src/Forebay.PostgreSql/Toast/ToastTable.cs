using System.Buffers;
using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Relations;
using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Visibility;
using Forebay.Storage;

namespace Forebay.PostgreSql.Toast;

/// <summary>One table of pieces of values: value number, piece number from 0, bytes.</summary>
/// <remarks>
/// The first value asked for makes it go over the whole table once, to note where each piece lies (16 bytes a piece);
/// after that each piece costs one page. One thread at a time.
/// </remarks>
internal sealed class ToastTable(IRelationPages pages, RelationLocator locator, TupleVisibility visibility)
{
    private const int ValueIdColumn = 0;
    private const int SequenceColumn = 1;
    private const int DataColumn = 2;
    private const uint NoBlock = uint.MaxValue;

    private static readonly TupleLayout s_layout = new([new(4, 4), new(4, 4), new(ColumnShape.Varlena, 4)]);

    private readonly byte[] _page = new byte[PageChecksum.PageSize];
    private readonly ColumnSlice[] _slices = new ColumnSlice[3];
    private uint _block = NoBlock;
    private ToastChunk[]? _chunks;

    public DataFault Fetch(in ToastPointer pointer, IBufferWriter<byte> output)
    {
        _chunks ??= FindChunks();
        int index = Array.BinarySearch(_chunks, new ToastChunk(pointer.ValueId, 0, 0, 0));
        if (index < 0)
            return pointer.StoredLength == 0 ? DataFault.None : DataFault.ToastMissing;

        int left = pointer.StoredLength;
        for (int sequence = 0; left > 0; sequence++, index++)
        {
            if (index >= _chunks.Length || _chunks[index].ValueId != pointer.ValueId)
                return DataFault.ToastMissing;
            if (_chunks[index].Sequence != sequence)
                return DataFault.ToastChunks;
            Load(_chunks[index].Block);
            DataFault fault = Take(_chunks[index].Item, out ReadOnlySpan<byte> data);
            if (fault != DataFault.None)
                return fault;
            if (data.IsEmpty || data.Length > left)
                return DataFault.ToastChunks;
            output.Write(data);
            left -= data.Length;
        }

        return index < _chunks.Length && _chunks[index].ValueId == pointer.ValueId
            ? DataFault.ToastChunks
            : DataFault.None;
    }

    private ToastChunk[] FindChunks()
    {
        var chunks = new List<ToastChunk>();
        string file = pages.NameOf(locator);
        uint blocks = pages.GetBlockCount(locator);
        for (uint block = 0; block < blocks; block++)
        {
            Load(block);
            DamagedDataException.ThrowIf(ItemPage.TryOpen(_page, out ItemPage page), file, block);
            for (int item = 1; item <= page.Count; item++)
            {
                if (page.Pointer(item).Kind != LinePointerKind.Normal)
                    continue;
                DataFault fault = Chunk(page, block, item, out ToastChunk? chunk);
                DamagedDataException.ThrowIf(fault, file, block, item);
                if (chunk is { } found)
                    chunks.Add(found);
            }
        }

        chunks.Sort();
        return [.. chunks];
    }

    private DataFault Chunk(in ItemPage page, uint block, int item, out ToastChunk? chunk)
    {
        chunk = null;
        DataFault fault = Locate(page, item, out ReadOnlySpan<byte> bytes, out TupleFate fate);
        if (fault != DataFault.None || fate != TupleFate.Live)
            return fault;
        chunk = new ToastChunk(
            BinaryPrimitives.ReadUInt32LittleEndian(_slices[ValueIdColumn].Of(bytes)),
            BinaryPrimitives.ReadInt32LittleEndian(_slices[SequenceColumn].Of(bytes)),
            block,
            (ushort)item);
        return DataFault.None;
    }

    private DataFault Locate(
        scoped in ItemPage page, int item, out ReadOnlySpan<byte> bytes, out TupleFate fate)
    {
        fate = default;
        DataFault fault = page.TryItem(item, out bytes);
        if (fault != DataFault.None)
            return fault;
        fault = HeapTuple.TryParse(bytes, out HeapTuple tuple);
        if (fault != DataFault.None)
            return fault;
        fault = visibility.Judge(tuple, out fate);
        if (fault != DataFault.None)
            return fault;
        fault = s_layout.Locate(tuple, _slices, out _);
        bool complete = _slices[ValueIdColumn].HasValue && _slices[SequenceColumn].HasValue
            && _slices[DataColumn].HasValue;
        return fault == DataFault.None && !complete ? DataFault.ToastChunks : fault;
    }

    private DataFault Take(int item, out ReadOnlySpan<byte> data)
    {
        data = default;
        DataFault fault = ItemPage.TryOpen(_page, out ItemPage page);
        if (fault != DataFault.None)
            return fault;
        fault = Locate(page, item, out ReadOnlySpan<byte> bytes, out _);
        if (fault != DataFault.None)
            return fault;
        fault = Varlena.TryParse(_slices[DataColumn].Of(bytes), out Varlena value);
        if (fault != DataFault.None)
            return fault;
        data = value.Payload;
        return value.Kind == VarlenaKind.Plain ? DataFault.None : DataFault.ToastChunks;
    }

    private void Load(uint block)
    {
        if (block == _block)
            return;
        _block = NoBlock;
        pages.Read(locator, block, _page);
        _block = block;
    }
}
