namespace Forebay.PostgreSql.Scans.BTree;

/// <summary>What a value is that keys are compared with.</summary>
internal enum IndexKeySort : byte
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A binary floating-point number.</summary>
    Float,

    /// <summary>A decimal number.</summary>
    Decimal,

    /// <summary>Bytes.</summary>
    Bytes,
}
