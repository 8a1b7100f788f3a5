using System.Text.RegularExpressions;
using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Forebay.Tidy.Rules;

/// <summary>A note that something is unfinished names the issue that will finish it: <c>TODO(#12)</c>.</summary>
internal sealed partial class UnfinishedWorkRule : FileRule
{
    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        foreach (SyntaxTrivia trivia in file.Root.DescendantTrivia().Where(IsComment))
        {
            string text = trivia.ToFullString();
            foreach (Match match in Mark().Matches(text))
            {
                yield return new(file.Path, file.LineOf(trivia.FullSpan.Start + match.Index),
                    $"{match.Value} without an issue: write {match.Value}(#number), or finish it now.");
            }
        }
    }

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is SyntaxKind.SingleLineCommentTrivia
        or SyntaxKind.MultiLineCommentTrivia or SyntaxKind.SingleLineDocumentationCommentTrivia
        or SyntaxKind.MultiLineDocumentationCommentTrivia;

    [GeneratedRegex("""\b(TODO|FIXME|HACK|XXX)\b(?!\s*\(?#\d+)""")]
    private static partial Regex Mark();
}
