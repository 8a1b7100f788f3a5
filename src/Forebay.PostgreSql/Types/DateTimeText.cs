using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using Forebay.PostgreSql.Pages;

namespace Forebay.PostgreSql.Types;

/// <summary>
/// Dates and times in ISO style. Years before the first count backwards from 1 BC. The ends of the range stand for the
/// infinities.
/// </summary>
internal static class DateTimeText
{
    private const int TextBytesMax = 64;
    private const long MicrosecondsPerDay = 86_400_000_000;
    private const long DaysFromEraToEpoch = 730_425; // from 0000-03-01 to 2000-01-01
    private const long DaysPerEra = 146_097; // 400 years
    private const long DayMin = -2_451_545; // 4714-11-24 BC, the first day that PostgreSQL has
    private const long DayEnd = 2_145_031_949; // after it comes what does not fit PostgreSQL's dates

    public static DataFault Write(ValueForm form, ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        Span<byte> text = stackalloc byte[TextBytesMax];
        int position = 0;
        if (form == ValueForm.Date)
        {
            int days = BinaryPrimitives.ReadInt32LittleEndian(value);
            if (days is int.MaxValue or int.MinValue)
                return Infinity(days > 0, output);
            if (days is < (int)DayMin or >= (int)DayEnd)
                return DataFault.ValueFormat;
            bool before = Date(days, text, ref position);
            End(before, text, ref position);
        }
        else if (form == ValueForm.Time)
        {
            long microseconds = BinaryPrimitives.ReadInt64LittleEndian(value);
            if (microseconds is < 0 or > MicrosecondsPerDay)
                return DataFault.ValueFormat;
            Time(microseconds, text, ref position);
        }
        else
        {
            long microseconds = BinaryPrimitives.ReadInt64LittleEndian(value);
            if (microseconds is long.MaxValue or long.MinValue)
                return Infinity(microseconds > 0, output);
            long days = Math.DivRem(microseconds, MicrosecondsPerDay, out long rest);
            if (rest < 0)
            {
                rest += MicrosecondsPerDay;
                days--;
            }

            if (days < DayMin)
                return DataFault.ValueFormat;
            bool before = Date(days, text, ref position);
            text[position++] = (byte)' ';
            Time(rest, text, ref position);
            if (form == ValueForm.TimestampWithZone)
            {
                "+00"u8.CopyTo(text[position..]);
                position += 3;
            }

            End(before, text, ref position);
        }

        output.Write(text[..position]);
        return DataFault.None;
    }

    private static DataFault Infinity(bool positive, IBufferWriter<byte> output)
    {
        output.Write(positive ? "infinity"u8 : "-infinity"u8);
        return DataFault.None;
    }

    // Years that start in March put the leap day last, and 400 of them are always as long.
    private static bool Date(long daysFromEpoch, Span<byte> text, ref int position)
    {
        long days = daysFromEpoch + DaysFromEraToEpoch;
        long era = (days >= 0 ? days : days - (DaysPerEra - 1)) / DaysPerEra;
        long dayOfEra = days - (era * DaysPerEra);
        long yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        long dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        long month = ((5 * dayOfYear) + 2) / 153;
        long day = dayOfYear - (((153 * month) + 2) / 5) + 1;
        month = month < 10 ? month + 3 : month - 9;
        long year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);

        bool before = year <= 0;
        Utf8Formatter.TryFormat(before ? 1 - year : year, text[position..], out int written, new('D', 4));
        position += written;
        text[position++] = (byte)'-';
        Two(month, text, ref position);
        text[position++] = (byte)'-';
        Two(day, text, ref position);
        return before;
    }

    private static void Time(long microseconds, Span<byte> text, ref int position)
    {
        long seconds = Math.DivRem(microseconds, 1_000_000, out long fraction);
        Two(seconds / 3600, text, ref position);
        text[position++] = (byte)':';
        Two(seconds / 60 % 60, text, ref position);
        text[position++] = (byte)':';
        Two(seconds % 60, text, ref position);
        if (fraction == 0)
            return;
        text[position++] = (byte)'.';
        Utf8Formatter.TryFormat(fraction, text[position..], out int written, new('D', 6));
        position += written;
        while (text[position - 1] == '0')
            position--;
    }

    private static void End(bool beforeChrist, Span<byte> text, ref int position)
    {
        if (!beforeChrist)
            return;
        " BC"u8.CopyTo(text[position..]);
        position += 3;
    }

    private static void Two(long value, Span<byte> text, ref int position)
    {
        text[position++] = (byte)('0' + (value / 10));
        text[position++] = (byte)('0' + (value % 10));
    }
}
