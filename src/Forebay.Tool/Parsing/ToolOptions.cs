using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Forebay.Tool.Parsing;

/// <summary>Options that several commands share, and how their values are read.</summary>
internal static class ToolOptions
{
    private delegate bool TryParser<T>(string text, out T value);

    /// <summary>--json.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print exactly one JSON object on stdout; text for people goes to stderr.",
    };

    /// <summary>--io-method for a command that uses one method.</summary>
    public static ToolOption<IoMethod> Method() => Parsed<IoMethod>(
        "--io-method",
        "How I/O is executed: sync, worker, io_uring, or auto for the best that is permitted here. Default: auto.",
        "sync|worker|io_uring|auto", IoMethod.Auto, TryMethod, "sync, worker, io_uring or auto");

    /// <summary>--io-direct.</summary>
    public static ToolOption<OnOff> Direct() => Parsed(
        "--io-direct",
        "Past the page cache (O_DIRECT) or through it. Default: on where the file system can, else off.",
        "on|off", OnOff.Unsaid, TrySwitch, "on or off");

    /// <summary>--concurrency.</summary>
    public static ToolOption<int> Concurrency(string description, int byDefault) =>
        Number("--concurrency", description, byDefault, 0, 1000);

    /// <summary>An on|off switch.</summary>
    public static ToolOption<OnOff> Switch(string name, string description, OnOff byDefault) => Parsed(
        name, $"{description} Default: {(byDefault == OnOff.On ? "on" : "off")}.", "on|off", byDefault, TrySwitch,
        "on or off");

    /// <summary>A size in bytes.</summary>
    public static ToolOption<long> Size(string name, string description, long byDefault) => Parsed<long>(
        name, $"{description} Bytes, or with KiB, MiB, GiB. Default: {Sizes.Format(byDefault)}.",
        "SIZE", byDefault, Sizes.TryParse, "a size such as 128MiB");

    /// <summary>A whole number within bounds.</summary>
    public static ToolOption<int> Number(string name, string description, int byDefault, int min, int max)
    {
        return Parsed<int>(name, $"{description} {min} to {max}; default: {byDefault}.", "N", byDefault, TryNumber,
            $"a whole number from {min} to {max}");

        bool TryNumber(string text, out int value) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value >= min && value <= max;
    }

    /// <summary>A positive whole number that need not be given.</summary>
    public static ToolOption<long?> OptionalNumber(string name, string description)
    {
        return Parsed<long?>(name, description, "N", null, TryNumber, "a whole number from 1 up");

        static bool TryNumber(string text, out long? value)
        {
            bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
            value = number;
            return isNumber && number > 0;
        }
    }

    /// <summary>A whole number that need not be given, and may be 0.</summary>
    public static ToolOption<long?> OptionalCount(string name, string description)
    {
        return Parsed<long?>(name, description, "N", null, TryNumber, "a whole number from 0 up");

        static bool TryNumber(string text, out long? value)
        {
            bool isNumber = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number);
            value = number;
            return isNumber;
        }
    }

    /// <summary>One of several words.</summary>
    public static ToolOption<T> OneOf<T>(
        string name, string description, IReadOnlyList<(string Word, T Value)> choices, T byDefault)
    {
        string[] words = [.. choices.Select(choice => choice.Word)];
        string fallback = choices.First(choice => Equals(choice.Value, byDefault)).Word;
        return Parsed<T>(name, $"{description} Default: {fallback}.", string.Join('|', words), byDefault, TryChoice,
            $"{string.Join(", ", words[..^1])} or {words[^1]}");

        bool TryChoice(string text, out T value)
        {
            int index = Array.IndexOf(words, text);
            value = index < 0 ? byDefault : choices[index].Value;
            return index >= 0;
        }
    }

    /// <summary>A positive duration in seconds that need not be given.</summary>
    public static ToolOption<double?> OptionalSeconds(string name, string description)
    {
        return Parsed<double?>(name, description, "N", null, TrySeconds, "a number of seconds above 0");

        static bool TrySeconds(string text, out double? value)
        {
            const double SecondsMax = 1e6;
            const NumberStyles Style = NumberStyles.AllowDecimalPoint;
            bool isNumber = double.TryParse(text, Style, CultureInfo.InvariantCulture, out double number);
            value = number;
            return isNumber && number is > 0 and <= SecondsMax;
        }
    }

    /// <summary>One of several words, or "all".</summary>
    public static ToolOption<IReadOnlyList<T>> OneOrAll<T>(
        string name, string description, IReadOnlyList<(string Word, T Value)> choices)
    {
        string[] words = [.. choices.Select(choice => choice.Word), "all"];
        return Parsed<IReadOnlyList<T>>(name, $"{description} Default: all.", string.Join('|', words),
            [.. choices.Select(choice => choice.Value)], TryChoice,
            $"{string.Join(", ", words[..^1])} or all");

        bool TryChoice(string text, out IReadOnlyList<T> value)
        {
            value = [.. choices.Where(choice => text == "all" || choice.Word == text).Select(choice => choice.Value)];
            return value.Count > 0;
        }
    }

    private static bool TryMethod(string word, out IoMethod method)
    {
        foreach (IoMethod candidate in Enum.GetValues<IoMethod>())
        {
            method = candidate;
            if (candidate != IoMethod.Custom && ForebayNames.Of(candidate) == word)
                return true;
        }

        method = default;
        return false;
    }

    private static bool TrySwitch(string word, out OnOff value)
    {
        value = word switch
        {
            "on" => OnOff.On,
            "off" => OnOff.Off,
            _ => OnOff.Unsaid,
        };
        return value != OnOff.Unsaid;
    }

    private static ToolOption<T> Parsed<T>(
        string name, string description, string helpName, T byDefault, TryParser<T> parser, string expected) =>
        new(name, byDefault)
        {
            Description = description,
            HelpName = helpName,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Parse(result, name, parser, expected),
        };

    private static T? Parse<T>(ArgumentResult result, string name, TryParser<T> parser, string expected)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        if (parser(text, out T value))
            return value;
        result.AddError($"{name} takes {expected}, not '{text}'.");
        return default;
    }
}
