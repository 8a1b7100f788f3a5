using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Types;

/// <summary>
/// Prints values as PostgreSQL does, with TimeZone UTC, DateStyle ISO and the other settings as installed.
/// </summary>
/// <remarks>Text comes out in the encoding of its database. Nothing is allocated. Any thread.</remarks>
public static class ValueText
{
    private const int NumberBytesMax = 32;
    private const int HexPieceBytes = 1024;

    /// <summary>Prints a value.</summary>
    /// <param name="form">How its type is printed.</param>
    /// <param name="value">
    /// The value itself: of fixed length as the row stores it, of variable length without header, decompressed.
    /// </param>
    /// <param name="output">Where the text goes.</param>
    /// <returns><see cref="DataFault.ValueFormat"/> if the bytes are no such value; nothing is printed then.</returns>
    public static DataFault Write(ValueForm form, ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        int length = ValueForms.FixedLength(form);
        if (length != 0 && value.Length != length)
            return DataFault.ValueFormat;
        switch (form)
        {
            case ValueForm.Boolean:
                output.Write(value[0] != 0 ? "t"u8 : "f"u8);
                return DataFault.None;
            case ValueForm.Int16:
                return Integer(BinaryPrimitives.ReadInt16LittleEndian(value), output);
            case ValueForm.Int32:
                return Integer(BinaryPrimitives.ReadInt32LittleEndian(value), output);
            case ValueForm.Int64:
                return Integer(BinaryPrimitives.ReadInt64LittleEndian(value), output);
            case ValueForm.ObjectId:
                return Integer(BinaryPrimitives.ReadUInt32LittleEndian(value), output);
            case ValueForm.Float32:
                FloatText.Write(BinaryPrimitives.ReadSingleLittleEndian(value), output);
                return DataFault.None;
            case ValueForm.Float64:
                FloatText.Write(BinaryPrimitives.ReadDoubleLittleEndian(value), output);
                return DataFault.None;
            case ValueForm.Numeric:
                return NumericText.Write(value, output);
            case ValueForm.Text:
                output.Write(value);
                return DataFault.None;
            case ValueForm.Name:
                int end = value.IndexOf((byte)0);
                output.Write(end < 0 ? value : value[..end]);
                return DataFault.None;
            case ValueForm.SingleByte:
                SingleByte(value[0], output);
                return DataFault.None;
            case ValueForm.Date:
            case ValueForm.Time:
            case ValueForm.Timestamp:
            case ValueForm.TimestampWithZone:
                return DateTimeText.Write(form, value, output);
            case ValueForm.Uuid:
                Uuid(value, output);
                return DataFault.None;
            case ValueForm.Bytes:
            case ValueForm.Hex:
            default:
                Hex(value, output);
                return DataFault.None;
        }
    }

    private static DataFault Integer(long value, IBufferWriter<byte> output)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(NumberBytesMax), out int written);
        output.Advance(written);
        return DataFault.None;
    }

    // A zero is printed as nothing, what is no ASCII in octal digits.
    private static void SingleByte(byte value, IBufferWriter<byte> output)
    {
        if (value == 0)
            return;
        if (value < 0x80)
        {
            output.Write([value]);
            return;
        }

        output.Write(
        [
            (byte)'\\', (byte)('0' + (value >> 6)), (byte)('0' + ((value >> 3) & 7)), (byte)('0' + (value & 7)),
        ]);
    }

    private static void Uuid(ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        Span<byte> text = output.GetSpan(NumberBytesMax + 4);
        int position = 0;
        for (int i = 0; i < value.Length; i++)
        {
            if (i is 4 or 6 or 8 or 10)
                text[position++] = (byte)'-';
            text[position++] = Digit(value[i] >> 4);
            text[position++] = Digit(value[i] & 0xF);
        }

        output.Advance(position);
    }

    private static void Hex(ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        output.Write("\\x"u8);
        for (; !value.IsEmpty; value = value[Math.Min(value.Length, HexPieceBytes)..])
        {
            ReadOnlySpan<byte> piece = value[..Math.Min(value.Length, HexPieceBytes)];
            Span<byte> text = output.GetSpan(piece.Length * 2);
            for (int i = 0; i < piece.Length; i++)
            {
                text[2 * i] = Digit(piece[i] >> 4);
                text[(2 * i) + 1] = Digit(piece[i] & 0xF);
            }

            output.Advance(piece.Length * 2);
        }
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
