using System.CommandLine;
using System.CommandLine.Parsing;

namespace Forebay.Tool.Parsing;

/// <summary>Options that several commands share, and how their values are read.</summary>
internal static class ToolOptions
{
    /// <summary>--json.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print exactly one JSON object on stdout; people's text goes to stderr.",
    };

    /// <summary>--io-method for a command that uses one method.</summary>
    public static Option<IoMethod> Method() => new("--io-method")
    {
        Description = "How I/O is executed: sync, worker, io_uring or auto.",
        DefaultValueFactory = _ => IoMethod.Auto,
        CustomParser = result => Parse(result, TryMethod, "sync, worker, io_uring or auto"),
        HelpName = "sync|worker|io_uring|auto",
    };

    /// <summary>An on|off switch.</summary>
    public static Option<bool> Switch(string name, string description, bool byDefault) => new(name)
    {
        Description = $"{description} Default: {(byDefault ? "on" : "off")}.",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => Parse<bool>(result, TrySwitch, "on or off"),
        Arity = ArgumentArity.ExactlyOne,
        HelpName = "on|off",
    };

    /// <summary>A size in bytes.</summary>
    public static Option<long> Size(string name, string description, long byDefault) => new(name)
    {
        Description = $"{description} Bytes, or with KiB, MiB, GiB. Default: {Sizes.Format(byDefault)}.",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result => Parse<long>(result, Sizes.TryParse, "a size such as 128MiB"),
        HelpName = "SIZE",
    };

    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Number(string name, string description, int byDefault, int min, int max)
    {
        Option<int> option = new(name)
        {
            Description = $"{description} {min} to {max}; default: {byDefault}.",
            DefaultValueFactory = _ => byDefault,
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0
                && (!int.TryParse(result.Tokens[0].Value, out int value) || value < min || value > max))
                result.AddError($"{name} takes a whole number from {min} to {max}, not '{result.Tokens[0].Value}'.");
        });
        return option;
    }

    /// <summary>Reads a method's word.</summary>
    public static bool TryMethod(string word, out IoMethod method)
    {
        foreach (IoMethod candidate in Enum.GetValues<IoMethod>())
        {
            method = candidate;
            if (ForebayNames.Of(candidate) == word)
                return true;
        }

        method = default;
        return false;
    }

    private delegate bool TryParser<T>(string text, out T value);

    private static bool TrySwitch(string word, out bool value)
    {
        value = word is "on";
        return word is "on" or "off";
    }

    private static T Parse<T>(ArgumentResult result, TryParser<T> parser, string expected)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        if (parser(text, out T value))
            return value;
        string name = (result.Parent as OptionResult)?.Option.Name ?? "The value";
        result.AddError($"{name} takes {expected}, not '{text}'.");
        return value;
    }
}
