namespace Forebay.Tool.Parsing;

/// <summary>
/// The value of a switch. The parser takes a truth value for one that needs no word behind it, and then sees no word.
/// </summary>
internal enum OnOff
{
    /// <summary>Not said.</summary>
    Unsaid,

    /// <summary>on</summary>
    On,

    /// <summary>off</summary>
    Off,
}
