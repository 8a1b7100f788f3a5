namespace Forebay.Handles;

/// <summary>How an operation ended.</summary>
public enum IoStatus : byte
{
    /// <summary>Not finished.</summary>
    Unknown = 0,

    /// <summary>All that was asked for.</summary>
    Ok = 1,

    /// <summary>Less than was asked for, without an error: the issuer asks for the rest.</summary>
    Partial = 2,

    /// <summary>Usable, but the issuer should tell somebody.</summary>
    Warning = 3,

    /// <summary>Not usable, or not all of it.</summary>
    Error = 4,
}
