namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>How keys of an index are compared.</summary>
internal enum KeyKind : byte
{
    /// <summary>As 16 bits with a sign.</summary>
    Int16,

    /// <summary>As 32 bits with a sign: integers, dates.</summary>
    Int32,

    /// <summary>As 64 bits with a sign: integers, times, timestamps.</summary>
    Int64,

    /// <summary>As 32 bits without a sign.</summary>
    UInt32,

    /// <summary>As one byte.</summary>
    Byte,

    /// <summary>Byte by byte.</summary>
    Bytes,

    /// <summary>Byte by byte, without the spaces at the end.</summary>
    PaddedBytes,

    /// <summary>Byte by byte up to the first zero.</summary>
    ZeroTerminated,

    /// <summary>Byte by byte, of fixed length.</summary>
    FixedBytes,

    /// <summary>One byte without a sign, compared with bytes: "char".</summary>
    SingleByte,

    /// <summary>As a float of 32 bits, NaN last.</summary>
    Float32,

    /// <summary>As a float of 64 bits, NaN last.</summary>
    Float64,

    /// <summary>As a decimal number.</summary>
    Decimal,
}
