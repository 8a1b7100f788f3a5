using System.Globalization;
using System.Numerics;
using System.Text;

namespace Forebay.Tests.PostgreSql.Live;

/// <summary>Rows of every decoded type as input of <c>COPY … FROM</c>, the same for the same seed.</summary>
public sealed class RandomRows(int seed)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz ABC,.;\"'\\\t\n\rÄöß€語𝄞";

    private readonly Random _random = new(seed);

    /// <summary>
    /// The table that <see cref="Print"/> makes rows for. Dates and times come as numbers, for SQL to make them of.
    /// </summary>
    public const string Staging =
        """
        create table staging (id int4, b bool, i2 int2, i8 int8, o oid, f4 float4, f8 float8, n numeric,
            n2 numeric(20,5), t text, v varchar(80), c char(12), nm name, ch "char", by bytea, u uuid, j json,
            days int4, us int8, sec int8);
        """;

    public string Print(int count)
    {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            string?[] fields =
            [
                i.ToString(CultureInfo.InvariantCulture),
                Maybe(() => _random.Next(2) == 0 ? "t" : "f"),
                Maybe(() => Number(short.MinValue, short.MaxValue)),
                Maybe(() => Number(long.MinValue, long.MaxValue)),
                Maybe(() => Number(0, uint.MaxValue)),
                Maybe(Float32),
                Maybe(Float64),
                Maybe(Decimal),
                Maybe(() => Number(-99_999_999_999_999, 99_999_999_999_999) + "." + _random.Next(100_000)
                    .ToString("D5", CultureInfo.InvariantCulture)),
                Maybe(() => Text(_random.Next(8) == 0 ? 3000 : 60)),
                Maybe(() => Text(80)),
                Maybe(() => Text(12)),
                Maybe(() => new string((char)('a' + _random.Next(26)), _random.Next(1, 64))),
                Maybe(() => ((char)_random.Next(33, 127)).ToString()),
                Maybe(() => "\\x" + Hex(_random.Next(_random.Next(8) == 0 ? 4000 : 40))),
                Maybe(() => Hex(16)),
                Maybe(() => $"{{\"a\" : [{_random.Next()}, null,  \"{_random.Next()}\"]}}"),
                _random.Next(4) == 0 ? Number(-2_400_000, 2_000_000_000) : Number(-800_000, 100_000),
                _random.Next(4) == 0 ? Number(0, 86_399_999_999) : Number(0, 86399) + "000000",
                Number(-200_000_000_000, 9_000_000_000_000),
            ];
            text.AppendJoin('\t', fields.Select(Escape)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Floats of which a power of two is the middle: where the gap below is half of the gap above.</summary>
    public static string PowersOfTwo()
    {
        var text = new StringBuilder();
        for (int exponent = -1074; exponent <= 1023; exponent++)
        {
            double power = Math.ScaleB(1.0, exponent);
            foreach (double value in new[] { power, Math.BitIncrement(power), Math.BitDecrement(power) })
            {
                bool narrow = value is > 1e-44 and < 3e38;
                string small = narrow ? ((float)value).ToString("R", CultureInfo.InvariantCulture) : "\\N";
                text.Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\t').Append(small).Append('\n');
            }
        }

        return text.ToString();
    }

    private string? Maybe(Func<string> make) => _random.Next(8) == 0 ? null : make();

    private string Number(long least, long most)
    {
        long value = _random.Next(8) switch
        {
            0 => least,
            1 => most,
            2 => Math.Max(least, 0),
            _ => _random.NextInt64(least, most),
        };
        return value.ToString(CultureInfo.InvariantCulture);
    }

    private string Float32()
    {
        float value = BitConverter.Int32BitsToSingle((int)_random.NextInt64());
        return _random.Next(4) == 0
            ? ((float)_random.Next(-1_000_000, 1_000_000) / 100).ToString("R", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private string Float64()
    {
        double value = BitConverter.Int64BitsToDouble(_random.NextInt64(long.MinValue, long.MaxValue));
        return _random.Next(4) == 0
            ? (_random.NextInt64(-1L << 60, 1L << 60) / Math.Pow(10, _random.Next(25)))
                .ToString("R", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private string Decimal()
    {
        if (_random.Next(16) == 0)
            return new[] { "NaN", "Infinity", "-Infinity", "0", "0.000", "-0.10" }[_random.Next(6)];
        BigInteger number = 0;
        for (int i = _random.Next(12); i >= 0; i--)
            number = (number * 1_000_000_000) + (_random.Next(3) == 0 ? 0 : _random.Next(1_000_000_000));
        string sign = _random.Next(2) == 0 ? "-" : "";
        string exponent = _random.Next(4) == 0 ? "e" + _random.Next(-300, 300) : "";
        string fraction = _random.Next(2) == 0 ? "." + new string('0', _random.Next(9)) + _random.Next(100000) : "";
        return sign + number.ToString(CultureInfo.InvariantCulture) + fraction + exponent;
    }

    private string Text(int lengthMax)
    {
        var text = new StringBuilder();
        int length = _random.Next(lengthMax);
        // Sometimes of one piece over and over, for the compressors.
        bool repeats = _random.Next(3) == 0;
        for (int i = 0; i < length; i++)
        {
            int index = repeats ? i % 7 : _random.Next(Letters.Length);
            if (!char.IsSurrogate(Letters[index]))
                text.Append(Letters[index]);
            else if (i++ < length - 1)
                text.Append("𝄞");
        }

        return text.ToString();
    }

    private string Hex(int length)
    {
        byte[] bytes = new byte[length];
        _random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static string Escape(string? field) => field is null
        ? "\\N"
        : field.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);
}
