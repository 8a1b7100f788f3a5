using System.CommandLine;

namespace Forebay.Tool.Parsing;

/// <summary>
/// An option with a value of its own for when it is not given. The parser's own default values would show up in the
/// help in the words of the program instead of those of the command line.
/// </summary>
/// <param name="name">Its name, dashes included.</param>
/// <param name="byDefault">The value if it is not given.</param>
internal sealed class ToolOption<T>(string name, T byDefault) : Option<T>(name)
{
    /// <summary>Whether it was given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(this) is not null;

    /// <summary>Its value.</summary>
    public T Of(ParseResult parsed) => IsGiven(parsed) ? parsed.GetValue(this)! : byDefault;
}
