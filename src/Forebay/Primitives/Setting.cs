using System.Globalization;

namespace Forebay.Primitives;

/// <summary>How a setting outside its range is refused: the same sentence wherever it is checked.</summary>
internal static class Setting
{
    /// <summary>Throws unless the setting is in its range.</summary>
    /// <param name="holds">Whether it is.</param>
    /// <param name="name">The setting's name, as users write it.</param>
    /// <param name="value">What it is.</param>
    /// <param name="range">What it must be.</param>
    /// <exception cref="ArgumentException">It is not; the message has name, value and range.</exception>
    public static void Check(bool holds, string name, IFormattable value, string range)
    {
        if (!holds)
        {
            string text = value.ToString(null, CultureInfo.InvariantCulture);
            throw new ArgumentException($"Setting {name} is {text}; it must be {range}.");
        }
    }
}
