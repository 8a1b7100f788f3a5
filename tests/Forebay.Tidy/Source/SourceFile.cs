using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Source;

/// <summary>A parsed C# file. Folder conventions: <c>src|tests|bench|samples / Project / folders…</c>.</summary>
internal sealed class SourceFile
{
    private static readonly CSharpParseOptions s_options =
        new(LanguageVersion.Latest, DocumentationMode.Parse, SourceCodeKind.Regular);

    private readonly string[] _segments;

    public SourceFile(string path, string content)
    {
        Path = path;
        Content = content;
        _segments = path.Split('/');
        Tree = CSharpSyntaxTree.ParseText(content, s_options, path);
        Root = Tree.GetCompilationUnitRoot();
    }

    public static CSharpParseOptions ParseOptions => s_options;

    /// <summary>Relative to the repository, with forward slashes.</summary>
    public string Path { get; }

    public string Content { get; }

    public SyntaxTree Tree { get; }

    public CompilationUnitSyntax Root { get; }

    public string FileName => _segments[^1];

    public bool IsCore => Path.StartsWith("src/Forebay/", StringComparison.Ordinal);

    public bool IsSource => _segments[0] == "src";

    /// <summary>Tests and benches: they may look behind the fence.</summary>
    public bool IsTestOrBench => _segments[0] is "tests" or "bench";

    /// <summary>The folder directly under the project, or the empty string for files of the project's root.</summary>
    public string TopFolder => _segments.Length > 3 ? _segments[2] : "";

    /// <summary>Project name and folders, joined by dots; null where the file lies outside the convention.</summary>
    public string? FolderNamespace => _segments.Length < 3 ? null : string.Join('.', _segments[1..^1]);

    public int LineOf(int position) => Tree.GetText().Lines.GetLinePosition(position).Line + 1;

    public Violation At(SyntaxNodeOrToken where, string message) => new(Path, LineOf(where.SpanStart), message);
}
