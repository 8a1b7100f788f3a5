using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Tuples;

/// <summary>A read-only view of a row version of a table: header, null bitmap and data.</summary>
/// <remarks>
/// Nothing is copied. After <see cref="TryParse"/> neither bitmap nor data can reach outside the item.
/// </remarks>
public readonly ref struct HeapTuple
{
    /// <summary>The size in bytes of the fixed part of the header.</summary>
    public const int HeaderSize = 23;

    private const int CtidOffset = 12;
    private const int SecondBitsOffset = 18;
    private const int BitsOffset = 20;
    private const int DataOffsetOffset = 22;
    private const int DataAlignment = 8;
    private const ushort ColumnCountMask = 0x07FF;
    private const ushort HotUpdatedBit = 0x4000;
    private const ushort HeapOnlyBit = 0x8000;

    private readonly ReadOnlySpan<byte> _bytes;

    private HeapTuple(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The transaction that inserted it; the number stays when the row is frozen.</summary>
    public uint Inserter => BinaryPrimitives.ReadUInt32LittleEndian(_bytes);

    /// <summary>The transaction, or multitransaction, that deleted or locked it.</summary>
    public uint Deleter => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[4..]);

    /// <summary>The command within its transaction, or the VACUUM FULL that moved it before PostgreSQL 9.0.</summary>
    public uint Command => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[8..]);

    /// <summary>Where the next version of the row lies; itself if there is none.</summary>
    public ItemPointer NextVersion => ItemPointer.Read(_bytes[CtidOffset..]);

    /// <summary>The flag bits.</summary>
    public TupleBits Bits => (TupleBits)BinaryPrimitives.ReadUInt16LittleEndian(_bytes[BitsOffset..]);

    /// <summary>How many columns are stored; a table may have got more since.</summary>
    public int ColumnCount => SecondBits & ColumnCountMask;

    /// <summary>Whether its next version is on the same page and in no index.</summary>
    public bool IsHotUpdated => (SecondBits & HotUpdatedBit) != 0;

    /// <summary>Whether no index points to it.</summary>
    public bool IsHeapOnly => (SecondBits & HeapOnlyBit) != 0;

    /// <summary>The offset of the first column within <see cref="Bytes"/>.</summary>
    public int DataOffset => _bytes[DataOffsetOffset];

    /// <summary>One bit for each stored column, set where there is a value; empty if there are no nulls.</summary>
    public ReadOnlySpan<byte> NullBitmap => (Bits & TupleBits.HasNulls) == 0
        ? default
        : _bytes.Slice(HeaderSize, (ColumnCount + 7) / 8);

    /// <summary>The whole item.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    private ushort SecondBits => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[SecondBitsOffset..]);

    /// <summary>Looks at an item of a table's page.</summary>
    /// <param name="item">Its bytes, as <see cref="ItemPage.TryItem"/> gives them.</param>
    /// <param name="tuple">The view; not to be used if there is a fault.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public static DataFault TryParse(ReadOnlySpan<byte> item, out HeapTuple tuple)
    {
        tuple = default;
        if (item.Length < HeaderSize + 1)
            return DataFault.TupleTooShort;
        var view = new HeapTuple(item);
        int bitmapBytes = (view.Bits & TupleBits.HasNulls) == 0 ? 0 : (view.ColumnCount + 7) / 8;
        int dataOffset = view.DataOffset;
        if (dataOffset < HeaderSize + bitmapBytes || dataOffset > item.Length || dataOffset % DataAlignment != 0)
            return DataFault.TupleDataOffset;
        tuple = view;
        return DataFault.None;
    }
}
