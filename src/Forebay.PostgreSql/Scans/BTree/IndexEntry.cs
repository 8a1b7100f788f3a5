using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;
using Forebay.PostgreSql.Tuples;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>A read-only view of an entry of a B-tree: keys, and the places that they lead to.</summary>
/// <remarks>
/// Three kinds share one form. A plain entry has one place. A posting list has several, in order, after its keys. A
/// pivot, on pages above the leaves and in high keys, has a block of the index in the place's stead, and may have lost
/// keys at its end, which then count as minus infinity.
/// </remarks>
internal readonly ref struct IndexEntry
{
    /// <summary>More keys than any entry has, for entries that have lost none.</summary>
    public const int AllKeys = int.MaxValue;

    private const int HeaderBytes = 8;
    private const int NullBitmapBytes = 4;
    private const int HeaderBytesWithNulls = 16;
    private const int InfoOffset = 6;
    private const int PlaceItemOffset = 4;
    private const ushort SizeMask = 0x1FFF;
    private const ushort SpecialFlag = 0x2000;
    private const ushort NullsFlag = 0x8000;
    private const ushort CountMask = 0x0FFF;
    private const ushort PivotPlaceFlag = 0x1000;
    private const ushort PostingFlag = 0x2000;

    private readonly ReadOnlySpan<byte> _places;

    private IndexEntry(
        ReadOnlySpan<byte> keyBytes, ReadOnlySpan<byte> places, int keyCount, uint child, bool hasNulls)
    {
        KeyBytes = keyBytes;
        _places = places;
        KeyCount = keyCount;
        Child = child;
        HasNulls = hasNulls;
    }

    /// <summary>The entry up to where its keys end.</summary>
    public ReadOnlySpan<byte> KeyBytes { get; }

    /// <summary>How many keys a pivot has left; <see cref="AllKeys"/> of others.</summary>
    public int KeyCount { get; }

    /// <summary>The page below, of an entry above the leaves.</summary>
    public uint Child { get; }

    public bool HasNulls { get; }

    /// <summary>Where the first key starts.</summary>
    public int DataOffset => HasNulls ? HeaderBytesWithNulls : HeaderBytes;

    public ReadOnlySpan<byte> NullBitmap => HasNulls ? KeyBytes.Slice(HeaderBytes, NullBitmapBytes) : default;

    /// <summary>How many places a leaf's entry leads to.</summary>
    public int PlaceCount => _places.Length / ItemPointer.Size;

    public ItemPointer Place(int index) => ItemPointer.Read(_places[(index * ItemPointer.Size)..]);

    public static DataFault TryParse(ReadOnlySpan<byte> bytes, out IndexEntry entry)
    {
        entry = default;
        if (bytes.Length < HeaderBytes)
            return DataFault.IndexEntry;
        ushort info = BinaryPrimitives.ReadUInt16LittleEndian(bytes[InfoOffset..]);
        int size = info & SizeMask;
        bool hasNulls = (info & NullsFlag) != 0;
        int header = hasNulls ? HeaderBytesWithNulls : HeaderBytes;
        if (size < header || size > bytes.Length)
            return DataFault.IndexEntry;
        ItemPointer place = ItemPointer.Read(bytes);
        ReadOnlySpan<byte> places = bytes[..ItemPointer.Size];
        int keyEnd = size;
        int keys = AllKeys;
        if ((info & SpecialFlag) != 0)
        {
            ushort status = BinaryPrimitives.ReadUInt16LittleEndian(bytes[PlaceItemOffset..]);
            int count = status & CountMask;
            if ((status & PostingFlag) != 0)
            {
                if (count == 0 || place.Block < header || place.Block + ((long)count * ItemPointer.Size) > size)
                    return DataFault.IndexEntry;
                keyEnd = (int)place.Block;
                places = bytes.Slice(keyEnd, count * ItemPointer.Size);
            }
            else
            {
                keys = count;
                keyEnd -= (status & PivotPlaceFlag) != 0 ? ItemPointer.Size : 0;
                if (keyEnd < header)
                    return DataFault.IndexEntry;
            }
        }

        entry = new IndexEntry(bytes[..keyEnd], places, keys, place.Block, hasNulls);
        return DataFault.None;
    }
}
