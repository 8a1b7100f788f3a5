using System.Buffers;
using System.Globalization;
using Forebay.PostgreSql.Catalog;
using Forebay.PostgreSql.Types;
using Forebay.Tool.Output;

namespace Forebay.Tool.Scanning.Conditions;

/// <summary>Makes conditions out of what people write and what the columns are.</summary>
internal static class ConditionBuilder
{
    private const uint PaddedText = 1042; // char(n)

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Makes one.</summary>
    /// <param name="text">The condition.</param>
    /// <param name="columns">The columns of the table, dropped ones included.</param>
    /// <param name="server">How the database writes text.</param>
    /// <exception cref="CommandException">There is no such column; the constant is none of its type.</exception>
    public static Condition Build(ConditionText text, IReadOnlyList<CatalogColumn> columns, ServerText server)
    {
        int index = ColumnNames.Find(columns, text.Column, "--where");
        CatalogColumn column = columns[index];
        if (column.IsVirtual)
            throw new CommandException($"--where: column \"{column.Name}\" is computed by the server when it is read.");
        return Build(text, column, index, server)
            ?? throw new CommandException(
                $"--where: '{text.Constant}' is no constant for column \"{column.Name}\" of type {column.TypeName}.");
    }

    private static Condition? Build(ConditionText text, CatalogColumn column, int index, ServerText server)
    {
        switch (column.Form)
        {
            case ValueForm.Boolean:
                return BooleanOf(text, index);
            case ValueForm.Int16 or ValueForm.Int32 or ValueForm.Int64 or ValueForm.ObjectId:
                return DecimalConstant.TryParse(text.Constant, out DecimalConstant whole)
                    && whole.TryFloor(out Int128 floor, out bool hasFraction)
                    ? new IntegerCondition(
                        index, text.Operator, floor, hasFraction, isSigned: column.Form != ValueForm.ObjectId)
                    : null;
            case ValueForm.Float32 or ValueForm.Float64:
                return FloatOf(text, column.Form, index);
            case ValueForm.Numeric:
                return DecimalConstant.TryParse(text.Constant, out DecimalConstant number)
                    ? new NumericCondition(index, text.Operator, number)
                    : null;
            case ValueForm.Text:
                return new BytesCondition(
                    index, text.Operator, TextOf(text, server), isPadded: column.BaseType == PaddedText);
            case ValueForm.Name:
                return new BytesCondition(index, text.Operator, TextOf(text, server), endsAtZero: true);
            case ValueForm.SingleByte:
                return TextOf(text, server) is [] or [_]
                    ? new BytesCondition(index, text.Operator, TextOf(text, server) is [byte only] ? [only] : [0])
                    : null;
            case ValueForm.Bytes:
                return TryBytes(text.Constant, out byte[] bytes)
                    ? new BytesCondition(index, text.Operator, bytes)
                    : null;
            case ValueForm.Date or ValueForm.Time or ValueForm.Timestamp or ValueForm.TimestampWithZone:
                return DateTimeConstant.TryParse(text.Constant, column.Form, out Int128 moment, out bool isWithin)
                    ? new IntegerCondition(index, text.Operator, moment, isWithin)
                    : null;
            case ValueForm.Uuid:
                return TryUuid(text.Constant, out byte[] id) ? new BytesCondition(index, text.Operator, id) : null;
            case ValueForm.Hex:
            default:
                throw new CommandException(
                    $"--where: values of type {column.TypeName} (column \"{column.Name}\") cannot be compared.");
        }
    }

    // Compared byte by byte, so it has to be what the database would have for it.
    private static byte[] TextOf(ConditionText text, ServerText server) =>
        server.TryEncode(text.Constant, out byte[] bytes)
            ? bytes
            : throw new CommandException($"--where: the database's encoding has no '{text.Constant}'.");

    // As PostgreSQL reads it: a word or the beginning of one, as long as that is clear.
    private static IntegerCondition? BooleanOf(ConditionText text, int index)
    {
        string word = text.Constant.Trim();
        bool? value = word.Length == 0 ? null
            : IsOneOf(word, "true", "yes", "on", "1") ? true
            : IsOneOf(word, "false", "no", "off", "0") ? false
            : null;
        return value is null || word.Equals("o", StringComparison.OrdinalIgnoreCase)
            ? null
            : new IntegerCondition(index, text.Operator, value.Value ? 1 : 0, hasFraction: false);
    }

    private static bool IsOneOf(string word, params ReadOnlySpan<string> whole)
    {
        foreach (string candidate in whole)
        {
            if (candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static FloatCondition? FloatOf(ConditionText text, ValueForm form, int index)
    {
        if (!DecimalConstant.TryParse(text.Constant, out DecimalConstant constant))
            return null;
        const NumberStyles Style = NumberStyles.Float;
        double value = constant.Kind switch
        {
            DecimalKind.NotANumber => double.NaN,
            DecimalKind.PositiveInfinity => double.PositiveInfinity,
            DecimalKind.NegativeInfinity => double.NegativeInfinity,
            DecimalKind.Zero => 0,
            DecimalKind.Negative or DecimalKind.Positive when form == ValueForm.Float32 =>
                float.Parse(text.Constant, Style, CultureInfo.InvariantCulture),
            DecimalKind.Negative or DecimalKind.Positive =>
                double.Parse(text.Constant, Style, CultureInfo.InvariantCulture),
            _ => throw new InvalidOperationException($"There is no number of kind {constant.Kind}."),
        };
        return new FloatCondition(index, text.Operator, value);
    }

    private static bool TryBytes(string constant, out byte[] bytes)
    {
        bytes = [];
        if (!constant.StartsWith("\\x", StringComparison.Ordinal) || constant.Length % 2 != 0
            || constant[2..].AsSpan().ContainsAnyExcept(s_hexDigits))
            return false;
        bytes = Convert.FromHexString(constant[2..]);
        return true;
    }

    private static bool TryUuid(string constant, out byte[] id)
    {
        string digits = constant.Trim().Replace("-", "", StringComparison.Ordinal);
        if (digits.StartsWith('{') && digits.EndsWith('}'))
            digits = digits[1..^1];
        id = [];
        if (digits.Length != 32 || digits.AsSpan().ContainsAnyExcept(s_hexDigits))
            return false;
        id = Convert.FromHexString(digits);
        return true;
    }
}
