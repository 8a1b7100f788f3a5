using System.Buffers.Binary;
using Forebay.PostgreSql.Compression;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Tuples;

/// <summary>A read-only view of a variable-length value as a row stores it.</summary>
/// <remarks>
/// The two lowest bits of the first byte tell the form: xx1 with more bits, a length of one byte; 0x01 alone, a
/// reference to a value elsewhere; x00, a length of four bytes; x10, the same before a compressed value.
/// </remarks>
public readonly ref struct Varlena
{
    /// <summary>No value is longer than this, in bytes.</summary>
    public const int LengthMax = 1 << 30;

    private const int LongHeader = 4;
    private const int CompressedHeader = 8;
    private const int ExternalHeader = 2;
    private const byte ExternalMark = 0x01;
    private const byte OnDiskTag = 18;

    private Varlena(VarlenaKind kind, ReadOnlySpan<byte> payload, int rawLength, CompressionMethod method)
    {
        Kind = kind;
        Payload = payload;
        RawLength = rawLength;
        Method = method;
    }

    /// <summary>How it is stored.</summary>
    public VarlenaKind Kind { get; }

    /// <summary>What follows the header: the value itself, its compressed form, or the reference.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The length in bytes of the value itself.</summary>
    public int RawLength { get; }

    /// <summary>The compression method of a value that is compressed in the row.</summary>
    public CompressionMethod Method { get; }

    /// <summary>The reference, of a value that is stored elsewhere.</summary>
    public ToastPointer Pointer { get; private init; }

    /// <summary>Tells how many bytes a value takes where it is stored, header included.</summary>
    /// <param name="bytes">The value and whatever follows.</param>
    /// <param name="length">The length in bytes; never more than there are.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public static DataFault TryMeasure(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.IsEmpty)
            return DataFault.ColumnPastEnd;
        byte first = bytes[0];
        uint stated;
        uint least = 1;
        if (first == ExternalMark)
        {
            if (bytes.Length < ExternalHeader)
                return DataFault.ColumnPastEnd;
            if (bytes[1] != OnDiskTag)
                return DataFault.ToastPointer;
            stated = ExternalHeader + ToastPointer.Size;
        }
        else if ((first & 1) != 0)
        {
            stated = (uint)first >> 1;
        }
        else
        {
            if (bytes.Length < LongHeader)
                return DataFault.ColumnPastEnd;
            stated = BinaryPrimitives.ReadUInt32LittleEndian(bytes) >> 2;
            least = (first & 2) == 0 ? LongHeader : (uint)CompressedHeader;
        }

        if (stated < least)
            return DataFault.VarlenaLength;
        if (stated > (uint)bytes.Length)
            return DataFault.ColumnPastEnd;
        length = (int)stated;
        return DataFault.None;
    }

    /// <summary>Looks at a value.</summary>
    /// <param name="bytes">The value and whatever follows.</param>
    /// <param name="value">The view.</param>
    /// <returns>What is wrong, or <see cref="DataFault.None"/>.</returns>
    public static DataFault TryParse(ReadOnlySpan<byte> bytes, out Varlena value)
    {
        value = default;
        DataFault fault = TryMeasure(bytes, out int length);
        if (fault != DataFault.None)
            return fault;
        byte first = bytes[0];
        if (first == ExternalMark)
        {
            ReadOnlySpan<byte> reference = bytes[ExternalHeader..length];
            if (!ToastPointer.TryRead(reference, out ToastPointer pointer))
                return DataFault.ToastPointer;
            value = new Varlena(VarlenaKind.External, reference, pointer.RawLength, pointer.Method)
            {
                Pointer = pointer,
            };
            return DataFault.None;
        }

        if ((first & 1) != 0)
        {
            value = new Varlena(VarlenaKind.Plain, bytes[1..length], length - 1, default);
            return DataFault.None;
        }

        if ((first & 2) == 0)
        {
            value = new Varlena(VarlenaKind.Plain, bytes[LongHeader..length], length - LongHeader, default);
            return DataFault.None;
        }

        fault = CompressedHeaderOf(bytes[LongHeader..length], out int rawLength, out CompressionMethod method);
        value = new Varlena(VarlenaKind.Compressed, bytes[CompressedHeader..length], rawLength, method);
        return fault;
    }

    /// <summary>Reads the word that precedes compressed bytes: the length of the value and the method.</summary>
    internal static DataFault CompressedHeaderOf(
        ReadOnlySpan<byte> bytes, out int rawLength, out CompressionMethod method)
    {
        rawLength = 0;
        method = default;
        if (bytes.Length < sizeof(uint))
            return DataFault.CompressedData;
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        rawLength = (int)(word & (LengthMax - 1));
        method = (CompressionMethod)(word >> 30);
        return method <= CompressionMethod.Lz4 ? DataFault.None : DataFault.CompressionMethod;
    }
}
