namespace Forebay.Tool.Output;

/// <summary>Where the tool writes, and what it may assume of who reads it.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Complaints and progress; results for people where stdout belongs to a JSON object.</param>
/// <param name="OutWidth">Columns of the terminal behind <paramref name="Out"/>; null if there is none.</param>
/// <param name="ErrorWidth">Columns of the terminal behind <paramref name="Error"/>; null if there is none.</param>
internal sealed record ToolTerminal(TextWriter Out, TextWriter Error, int? OutWidth = null, int? ErrorWidth = null)
{
    /// <summary>Opens what is behind <see cref="Out"/>, for rows: bytes, of whatever encoding.</summary>
    public Func<Stream> OpenOut { get; init; } = StandardOutput.Open;

    /// <summary>That of this process.</summary>
    public static ToolTerminal OfProcess() => new(
        Console.Out,
        Console.Error,
        Console.IsOutputRedirected ? null : Width(),
        Console.IsErrorRedirected ? null : Width());

    private static int Width()
    {
        const int Unknown = 80;
        int width = Console.WindowWidth;
        return width > 0 ? width : Unknown;
    }
}
