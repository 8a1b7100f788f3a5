using System.Text.RegularExpressions;
using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Forebay.Tidy.Rules;

/// <summary>
/// Nothing in the repository knows the machine that it was written on: no home folder anywhere, and no literal of a
/// temporary folder outside tests (ask <c>Path.GetTempPath</c>, or take a folder as an option).
/// </summary>
internal sealed partial class MachinePathRule : ITidyRule
{
    public IEnumerable<Violation> Check(SourceTree tree)
    {
        foreach (TextFile file in tree.Texts)
        {
            foreach (Violation violation in InLines(file.Path, file.Lines))
                yield return violation;
        }
        foreach (SourceFile file in tree.Sources)
        {
            foreach (Violation violation in InLines(file.Path, file.Content.Split('\n')))
                yield return violation;
            if (file.IsTestOrBench)
                continue;
            foreach (SyntaxToken token in file.Root.DescendantTokens().Where(IsText))
            {
                if (token.ValueText.Contains("/tmp/", StringComparison.Ordinal) || token.ValueText == "/tmp")
                    yield return file.At(token, "A literal temporary folder: use Path.GetTempPath() or an option.");
            }
        }
    }

    private static IEnumerable<Violation> InLines(string path, string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (Private().Match(lines[i]) is { Success: true } match)
                yield return new(path, i + 1,
                    $"{match.Value} is a path of one machine: name it relative to the repository, or make it an "
                        + "option.");
        }
    }

    private static bool IsText(SyntaxToken token) =>
        token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.Utf8StringLiteralToken;

    // The character class keeps the pattern from finding itself.
    [GeneratedRegex("""(?<![\w.\])])/(?:[w]ork/|[h]ome/|[r]oot(?![\w-]))""")]
    private static partial Regex Private();
}
