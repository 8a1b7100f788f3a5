namespace Forebay.PostgreSql.Types;

/// <summary>How the values of a type are turned into text.</summary>
public enum ValueForm : byte
{
    /// <summary>As hexadecimal digits, for types that are not decoded.</summary>
    Hex = 0,

    /// <summary><c>t</c> or <c>f</c>.</summary>
    Boolean,

    /// <summary>16 bits with a sign.</summary>
    Int16,

    /// <summary>32 bits with a sign.</summary>
    Int32,

    /// <summary>64 bits with a sign.</summary>
    Int64,

    /// <summary>32 bits without a sign: an object id.</summary>
    ObjectId,

    /// <summary>A float of 32 bits.</summary>
    Float32,

    /// <summary>A float of 64 bits.</summary>
    Float64,

    /// <summary>A decimal number of any length.</summary>
    Numeric,

    /// <summary>Text as it is: text, varchar, char(n), json.</summary>
    Text,

    /// <summary>Text that ends at the first zero byte: name.</summary>
    Name,

    /// <summary>One byte: "char".</summary>
    SingleByte,

    /// <summary>Bytes, printed as <c>\x</c> and hexadecimal digits.</summary>
    Bytes,

    /// <summary>Days since 2000-01-01.</summary>
    Date,

    /// <summary>Microseconds since midnight.</summary>
    Time,

    /// <summary>Microseconds since 2000-01-01.</summary>
    Timestamp,

    /// <summary>Microseconds since 2000-01-01 UTC, printed in that time zone.</summary>
    TimestampWithZone,

    /// <summary>A UUID.</summary>
    Uuid,
}
