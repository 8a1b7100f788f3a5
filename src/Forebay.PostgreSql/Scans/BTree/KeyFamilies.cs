using Forebay.PostgreSql.Tuples;
using Forebay.PostgreSql.Types;

namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>Operator families of B-trees whose order is known here, by their object ids, which are fixed.</summary>
internal static class KeyFamilies
{
    private const uint Integers = 1976;
    private const uint ObjectIds = 1989;
    private const uint Texts = 1994;
    private const uint TextPatterns = 2095;
    private const uint PaddedTexts = 426;
    private const uint PaddedPatterns = 2097;
    private const uint Booleans = 424;
    private const uint Dates = 434;
    private const uint Times = 1996;
    private const uint ByteStrings = 428;
    private const uint Uuids = 2968;
    private const uint Floats = 1970;
    private const uint Numerics = 1988;
    private const uint SingleBytes = 429;

    /// <summary>How keys of a type are compared by the operators of a family.</summary>
    /// <param name="family">The family.</param>
    /// <param name="form">What the type is.</param>
    /// <param name="shape">How the index stores it.</param>
    /// <returns>Null if that is not known.</returns>
    public static KeyKind? KindOf(uint family, ValueForm form, ColumnShape shape)
    {
        KeyKind? kind = (family, form) switch
        {
            (Integers, ValueForm.Int16) => KeyKind.Int16,
            (Integers, ValueForm.Int32) => KeyKind.Int32,
            (Integers, ValueForm.Int64) => KeyKind.Int64,
            (ObjectIds, ValueForm.ObjectId) => KeyKind.UInt32,
            (Booleans, ValueForm.Boolean) => KeyKind.Byte,
            (Dates, ValueForm.Date) => KeyKind.Int32,
            (Dates, ValueForm.Timestamp or ValueForm.TimestampWithZone) => KeyKind.Int64,
            (Times, ValueForm.Time) => KeyKind.Int64,
            (Uuids, ValueForm.Uuid) => KeyKind.FixedBytes,
            (ByteStrings, ValueForm.Bytes) => KeyKind.Bytes,
            (Texts or TextPatterns, ValueForm.Text) => KeyKind.Bytes,
            (PaddedTexts or PaddedPatterns, ValueForm.Text) => KeyKind.PaddedBytes,
            (Floats, ValueForm.Float32) => KeyKind.Float32,
            (Floats, ValueForm.Float64) => KeyKind.Float64,
            (Numerics, ValueForm.Numeric) => KeyKind.Decimal,
            (SingleBytes, ValueForm.SingleByte) => KeyKind.SingleByte,
            (Texts, ValueForm.Name) => KeyKind.ZeroTerminated,
            _ => null,
        };
        return kind is { } found && LengthOf(found) is var length && (length == 0 || length == shape.Length)
            ? found
            : null;
    }

    /// <summary>Whether a family's operators compare byte by byte whatever the collation.</summary>
    public static bool IgnoresCollation(uint family) => family is TextPatterns or PaddedPatterns or ByteStrings;

    private static int LengthOf(KeyKind kind) => kind switch
    {
        KeyKind.Int16 => sizeof(short),
        KeyKind.Int32 or KeyKind.UInt32 => sizeof(int),
        KeyKind.Int64 => sizeof(long),
        KeyKind.Byte or KeyKind.SingleByte => sizeof(byte),
        KeyKind.Float32 => sizeof(float),
        KeyKind.Float64 => sizeof(double),
        KeyKind.Bytes or KeyKind.PaddedBytes or KeyKind.Decimal => ColumnShape.Varlena,
        KeyKind.FixedBytes => 16,
        KeyKind.ZeroTerminated => 0, // a name itself is stored in 64 bytes, in an index up to its zero
        _ => 0,
    };
}
