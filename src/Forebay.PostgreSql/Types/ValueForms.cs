namespace Forebay.PostgreSql.Types;

/// <summary>Which type is turned into text how.</summary>
public static class ValueForms
{
    /// <summary>Looks up a built-in type.</summary>
    /// <param name="type">The object id of the type; of a domain, that of the type beneath it.</param>
    /// <returns>The form; <see cref="ValueForm.Hex"/> for all types that are not decoded.</returns>
    public static ValueForm Of(uint type) => type switch
    {
        16 => ValueForm.Boolean,
        17 => ValueForm.Bytes,
        18 => ValueForm.SingleByte,
        19 => ValueForm.Name,
        20 => ValueForm.Int64,
        21 => ValueForm.Int16,
        23 => ValueForm.Int32,
        25 or 114 or 1042 or 1043 => ValueForm.Text,
        26 => ValueForm.ObjectId,
        700 => ValueForm.Float32,
        701 => ValueForm.Float64,
        1082 => ValueForm.Date,
        1083 => ValueForm.Time,
        1114 => ValueForm.Timestamp,
        1184 => ValueForm.TimestampWithZone,
        1700 => ValueForm.Numeric,
        2950 => ValueForm.Uuid,
        _ => ValueForm.Hex,
    };

    /// <summary>How many bytes a value of a form has.</summary>
    /// <param name="form">The form.</param>
    /// <returns>The bytes; 0 if that differs from value to value.</returns>
    public static int FixedLength(ValueForm form) => form switch
    {
        ValueForm.Boolean or ValueForm.SingleByte => 1,
        ValueForm.Int16 => 2,
        ValueForm.Int32 or ValueForm.ObjectId or ValueForm.Float32 or ValueForm.Date => 4,
        ValueForm.Int64 or ValueForm.Float64 or ValueForm.Time or ValueForm.Timestamp
            or ValueForm.TimestampWithZone => 8,
        ValueForm.Uuid => 16,
        ValueForm.Name => 64,
        ValueForm.Hex or ValueForm.Numeric or ValueForm.Text or ValueForm.Bytes => 0,
        _ => 0,
    };
}
