using System.Buffers.Binary;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Types;

/// <summary>
/// A stored numeric, ready to be compared: digits to the base of 10,000 without zeros at either end, and the power of
/// 10,000 of the first one.
/// </summary>
internal readonly ref struct NumericValue
{
    private const int KindMask = 0xC000;
    private const int NegativeHead = 0x4000;
    private const int ShortHead = 0x8000;
    private const int SpecialMask = 0xF000;
    private const int PositiveInfinityHead = 0xD000;
    private const int NegativeInfinityHead = 0xF000;
    private const int ShortNegative = 0x2000;
    private const int ShortWeightSign = 0x0040;
    private const int ShortWeightMask = 0x003F;
    private const int Base = 10000;

    private readonly ReadOnlySpan<byte> _digits;

    private NumericValue(DecimalKind kind, int weight, ReadOnlySpan<byte> digits)
    {
        Kind = kind;
        Weight = weight;
        _digits = digits;
    }

    public DecimalKind Kind { get; }

    public int Weight { get; }

    public int DigitCount => _digits.Length / sizeof(ushort);

    public int Digit(int index) => BinaryPrimitives.ReadUInt16LittleEndian(_digits[(index * sizeof(ushort))..]);

    /// <summary>Takes a stored numeric apart: it has a head of 16 bits, or of 32.</summary>
    public static DataFault TryParse(ReadOnlySpan<byte> value, out NumericValue number)
    {
        number = default;
        if (value.Length < sizeof(ushort) || value.Length % sizeof(ushort) != 0)
            return DataFault.ValueFormat;
        int head = BinaryPrimitives.ReadUInt16LittleEndian(value);
        int kind = head & KindMask;
        bool isNegative;
        int weight;
        int headBytes = sizeof(ushort);
        if (kind == KindMask)
        {
            number = new NumericValue(Special(head & SpecialMask), 0, default);
            return DataFault.None;
        }

        if (kind == ShortHead)
        {
            int low = head & ShortWeightMask;
            weight = (head & ShortWeightSign) != 0 ? low - ShortWeightMask - 1 : low;
            isNegative = (head & ShortNegative) != 0;
        }
        else
        {
            headBytes += sizeof(short);
            if (value.Length < headBytes)
                return DataFault.ValueFormat;
            weight = BinaryPrimitives.ReadInt16LittleEndian(value[sizeof(ushort)..]);
            isNegative = kind == NegativeHead;
        }

        return TryTrim(isNegative, weight, value[headBytes..], out number);
    }

    private static DataFault TryTrim(bool isNegative, int weight, ReadOnlySpan<byte> digits, out NumericValue number)
    {
        number = default;
        for (int i = 0; i < digits.Length; i += sizeof(ushort))
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(digits[i..]) >= Base)
                return DataFault.ValueFormat;
        }

        for (; digits.Length > 0 && (digits[0] | digits[1]) == 0; weight--)
            digits = digits[sizeof(ushort)..];
        while (digits.Length > 0 && (digits[^1] | digits[^2]) == 0)
            digits = digits[..^sizeof(ushort)];
        DecimalKind kind = digits.IsEmpty ? DecimalKind.Zero
            : isNegative ? DecimalKind.Negative
            : DecimalKind.Positive;
        number = new NumericValue(kind, weight, digits);
        return DataFault.None;
    }

    private static DecimalKind Special(int head) => head switch
    {
        PositiveInfinityHead => DecimalKind.PositiveInfinity,
        NegativeInfinityHead => DecimalKind.NegativeInfinity,
        _ => DecimalKind.NotANumber,
    };
}
