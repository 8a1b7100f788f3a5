using System.Globalization;
using Forebay.PostgreSql.Types;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>
/// Dates and times as people write them, in ISO style: <c>2024-02-29</c>, <c>13:45:00.5</c>, both with a space or a T
/// between them, a zone (<c>Z</c>, <c>+02</c>, <c>+02:30</c>) for what has one, <c>BC</c>; <c>infinity</c>,
/// <c>-infinity</c>.
/// </summary>
internal ref struct DateTimeConstant
{
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long MicrosecondsPerDay = 86_400 * MicrosecondsPerSecond;
    private const int FractionDigits = 6;
    private const int YearMax = 5_874_897;
    private const long DaysFromEraToEpoch = 730_425; // from 0000-03-01 to 2000-01-01

    private ReadOnlySpan<char> _rest;

    /// <summary>Reads a constant in the unit that rows store.</summary>
    /// <param name="text">The constant.</param>
    /// <param name="form">What the column is.</param>
    /// <param name="floor">Days or microseconds, rounded down.</param>
    /// <param name="hasFraction">Whether they were: a time in a constant for a date.</param>
    /// <returns>False if it is none.</returns>
    public static bool TryParse(string text, ValueForm form, out Int128 floor, out bool hasFraction)
    {
        string constant = text.Trim();
        hasFraction = false;
        bool isDate = form == ValueForm.Date;
        floor = 0;
        if (form != ValueForm.Time && constant.TrimStart('-').Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            bool isLast = !constant.StartsWith('-');
            floor = isDate ? (isLast ? int.MaxValue : int.MinValue) : isLast ? long.MaxValue : long.MinValue;
            return true;
        }

        DateTimeConstant reader = new() { _rest = constant };
        Int128 microseconds = 0;
        bool hasTime = form == ValueForm.Time;
        if (!hasTime)
        {
            if (!reader.TryDate(out long days))
                return false;
            microseconds = (Int128)days * MicrosecondsPerDay;
            hasTime = reader.TrySkip('T') || reader.TrySkip(' ');
        }

        if (hasTime)
        {
            if (!reader.TryTime(out long ofDay))
                return false;
            microseconds += ofDay;
        }

        if (form == ValueForm.TimestampWithZone && reader.TryZone(out long east))
            microseconds -= east;
        if (!reader._rest.IsEmpty)
            return false;
        floor = isDate ? FloorDays(microseconds) : microseconds;
        hasFraction = isDate && floor * MicrosecondsPerDay != microseconds;
        return true;
    }

    private static Int128 FloorDays(Int128 microseconds)
    {
        Int128 days = microseconds / MicrosecondsPerDay;
        return days * MicrosecondsPerDay > microseconds ? days - 1 : days;
    }

    private bool TryDate(out long days)
    {
        days = 0;
        bool isBefore = _rest.EndsWith("BC", StringComparison.OrdinalIgnoreCase);
        if (isBefore)
            _rest = _rest[..^2].TrimEnd();
        if (!TryNumber(4, 7, out int year) || !TrySkip('-') || !TryNumber(1, 2, out int month) || !TrySkip('-')
            || !TryNumber(1, 2, out int day))
            return false;
        int yearSinceChrist = isBefore ? 1 - year : year;
        if (year is 0 or > YearMax || month is 0 or > 12 || day == 0 || day > DaysOf(yearSinceChrist, month))
            return false;
        days = Days(yearSinceChrist, month, day);
        return true;
    }

    private bool TryTime(out long microseconds)
    {
        microseconds = 0;
        int second = 0;
        int fraction = 0;
        if (!TryNumber(1, 2, out int hour) || !TrySkip(':') || !TryNumber(2, 2, out int minute))
            return false;
        if (TrySkip(':'))
        {
            if (!TryNumber(2, 2, out second))
                return false;
            if (TrySkip('.') && !TryFraction(out fraction))
                return false;
        }

        if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute | second | fraction) != 0))
            return false;
        microseconds = (((hour * 3600L) + (minute * 60) + second) * MicrosecondsPerSecond) + fraction;
        return true;
    }

    private bool TryFraction(out int fraction)
    {
        int before = _rest.Length;
        if (!TryNumber(1, FractionDigits, out fraction))
            return false;
        for (int digits = before - _rest.Length; digits < FractionDigits; digits++)
            fraction *= 10;
        return true;
    }

    private bool TryZone(out long microsecondsEast)
    {
        microsecondsEast = 0;
        _rest = _rest.TrimStart();
        if (_rest.Equals("UTC", StringComparison.OrdinalIgnoreCase))
            _rest = default;
        if (_rest.IsEmpty || TrySkip('Z'))
            return true;
        bool isWest = TrySkip('-');
        if ((!isWest && !TrySkip('+')) || !TryNumber(1, 2, out int hour))
            return false;
        int minute = 0;
        if (TrySkip(':') || !_rest.IsEmpty)
        {
            if (!TryNumber(2, 2, out minute))
                return false;
        }

        if (hour > 15 || minute > 59)
            return false;
        microsecondsEast = ((hour * 60L) + minute) * 60 * MicrosecondsPerSecond * (isWest ? -1 : 1);
        return true;
    }

    private bool TrySkip(char wanted)
    {
        if (_rest.IsEmpty || char.ToUpperInvariant(_rest[0]) != wanted)
            return false;
        _rest = _rest[1..];
        return true;
    }

    private bool TryNumber(int digitsMin, int digitsMax, out int number)
    {
        int end = _rest.IndexOfAnyExceptInRange('0', '9');
        int digits = end < 0 ? _rest.Length : end;
        number = 0;
        if (digits < digitsMin || digits > digitsMax)
            return false;
        number = int.Parse(_rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        _rest = _rest[digits..];
        return true;
    }

    private static int DaysOf(int year, int month) => month switch
    {
        2 => (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    // Years that start in March put the leap day last, and 400 of them are always as long.
    private static long Days(long year, int month, int day)
    {
        const int YearsPerEra = 400;
        const int DaysPerEra = 146_097;
        year -= month <= 2 ? 1 : 0;
        long era = (year >= 0 ? year : year - (YearsPerEra - 1)) / YearsPerEra;
        long yearOfEra = year - (era * YearsPerEra);
        long dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        long dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - DaysFromEraToEpoch;
    }
}
