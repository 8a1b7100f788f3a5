using System.Buffers;
using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Types;

/// <summary>
/// Decimal numbers. A head of 16 bits (sign, scale, and in the short form the weight) or of 32 (the weight apart), then
/// digits to the base of 10,000. The weight is the power of 10,000 of the first digit; the scale is how many decimal
/// digits are shown after the point.
/// </summary>
internal static class NumericText
{
    private const int KindMask = 0xC000;
    private const int Negative = 0x4000;
    private const int Short = 0x8000;
    private const int Special = 0xC000;
    private const int SpecialMask = 0xF000;
    private const int SpecialPositiveInfinity = 0xD000;
    private const int SpecialNegativeInfinity = 0xF000;
    private const int LongScaleMask = 0x3FFF;
    private const int ShortNegative = 0x2000;
    private const int ShortScaleMask = 0x1F80;
    private const int ShortScaleShift = 7;
    private const int ShortWeightSign = 0x0040;
    private const int ShortWeightMask = 0x003F;
    private const int Base = 10000;
    private const int GroupDigits = 4;

    public static DataFault Write(ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        if (value.Length < sizeof(ushort) || value.Length % sizeof(ushort) != 0)
            return DataFault.ValueFormat;
        int head = BinaryPrimitives.ReadUInt16LittleEndian(value);
        int kind = head & KindMask;
        if (kind == Special)
            return WriteSpecial(head & SpecialMask, output);
        if (kind == Short)
        {
            int low = head & ShortWeightMask;
            int weight = (head & ShortWeightSign) != 0 ? low - ShortWeightMask - 1 : low;
            int scale = (head & ShortScaleMask) >> ShortScaleShift;
            return WriteNumber((head & ShortNegative) != 0, weight, scale, value[sizeof(ushort)..], output);
        }

        if (value.Length < 2 * sizeof(ushort))
            return DataFault.ValueFormat;
        return WriteNumber(
            kind == Negative,
            BinaryPrimitives.ReadInt16LittleEndian(value[sizeof(ushort)..]),
            head & LongScaleMask,
            value[(2 * sizeof(ushort))..],
            output);
    }

    private static DataFault WriteSpecial(int kind, IBufferWriter<byte> output)
    {
        output.Write(kind switch
        {
            SpecialPositiveInfinity => "Infinity"u8,
            SpecialNegativeInfinity => "-Infinity"u8,
            _ => "NaN"u8,
        });
        return DataFault.None;
    }

    // At most 32,768 groups before the point and 16,383 digits after it.
    private static DataFault WriteNumber(
        bool negative, int weight, int scale, ReadOnlySpan<byte> digits, IBufferWriter<byte> output)
    {
        for (int i = 0; i < digits.Length; i += sizeof(ushort))
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(digits[i..]) >= Base)
                return DataFault.ValueFormat;
        }

        int whole = weight < 0 ? 1 : (weight + 1) * GroupDigits;
        Span<byte> text = output.GetSpan(whole + scale + GroupDigits + 2);
        int position = 0;
        if (negative)
            text[position++] = (byte)'-';
        int first = position;
        for (int group = 0; group <= weight; group++)
        {
            int value = Group(digits, group);
            if (position == first && value < Base / 10)
                position += Leading(value, text[position..]);
            else
                position += Four(value, text[position..]);
        }

        if (position == first)
            text[position++] = (byte)'0';
        if (scale > 0)
        {
            text[position++] = (byte)'.';
            int end = position + scale;
            for (int group = weight < 0 ? 0 : weight + 1; position < end; group++)
            {
                // Groups count from the first stored one; a negative weight puts zeros before it.
                int index = weight < 0 ? group + weight + 1 : group;
                position += Four(Group(digits, index), text[position..]);
            }

            position = end;
        }

        output.Advance(position);
        return DataFault.None;
    }

    private static int Group(ReadOnlySpan<byte> digits, int index) =>
        (uint)index < (uint)(digits.Length / sizeof(ushort))
            ? BinaryPrimitives.ReadUInt16LittleEndian(digits[(index * sizeof(ushort))..])
            : 0;

    private static int Leading(int value, Span<byte> text)
    {
        int count = value >= 100 ? 3 : value >= 10 ? 2 : value > 0 ? 1 : 0;
        for (int i = count - 1; i >= 0; i--, value /= 10)
            text[i] = (byte)('0' + (value % 10));
        return count;
    }

    private static int Four(int value, Span<byte> text)
    {
        text[3] = (byte)('0' + (value % 10));
        text[2] = (byte)('0' + (value / 10 % 10));
        text[1] = (byte)('0' + (value / 100 % 10));
        text[0] = (byte)('0' + (value / 1000));
        return GroupDigits;
    }
}
