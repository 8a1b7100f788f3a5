using System.Buffers.Binary;
using Forebay.PostgreSql.Compression;

namespace Forebay.PostgreSql.Tuples;

/// <summary>What a row holds in place of a value that is stored elsewhere.</summary>
/// <param name="RawLength">The length in bytes of the value itself.</param>
/// <param name="StoredLength">The length in bytes of what is stored: compressed if it is shorter.</param>
/// <param name="Method">The compression method, if it is compressed.</param>
/// <param name="ValueId">The number of the value in the TOAST table.</param>
/// <param name="ToastRelation">The object id of the TOAST table.</param>
public readonly record struct ToastPointer(
    int RawLength, int StoredLength, CompressionMethod Method, uint ValueId, uint ToastRelation)
{
    /// <summary>The size in bytes of a stored one, behind its two bytes of header.</summary>
    public const int Size = 16;

    private const int LengthWord = 4;
    private const int StoredLengthBits = 30;

    /// <summary>Whether what is stored is compressed.</summary>
    public bool IsCompressed => StoredLength < RawLength;

    /// <summary>Takes one apart.</summary>
    /// <param name="bytes">At least <see cref="Size"/> bytes.</param>
    /// <param name="pointer">The pointer.</param>
    /// <returns>False if its lengths or its method are impossible.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out ToastPointer pointer)
    {
        int rawLength = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        uint stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        pointer = new ToastPointer(
            unchecked(rawLength - LengthWord),
            (int)(stored & ((1u << StoredLengthBits) - 1)),
            (CompressionMethod)(stored >> StoredLengthBits),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
        return rawLength is >= LengthWord and <= Varlena.LengthMax
            && pointer.StoredLength <= pointer.RawLength
            && (!pointer.IsCompressed || pointer.Method <= CompressionMethod.Lz4);
    }
}
