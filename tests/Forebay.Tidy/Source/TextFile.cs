namespace Forebay.Tidy.Source;

/// <summary>A file that is read as lines only: project files, pages, scripts.</summary>
internal sealed class TextFile(string path, string content)
{
    private string[]? _lines;

    /// <summary>Relative to the repository, with forward slashes.</summary>
    public string Path { get; } = path;

    public string Content { get; } = content;

    public string[] Lines => _lines ??= Content.Split('\n');
}
