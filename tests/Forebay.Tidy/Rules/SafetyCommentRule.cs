using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>
/// Inside the fence each unsafe block, and each declaration marked unsafe, says why it is sound: bounds, lifetime, who
/// else writes. The comment stands right before it, at the end of its first line, or as the first line of its body; a
/// type or method may instead carry one at each statement inside that touches raw memory.
/// </summary>
internal sealed class SafetyCommentRule : FileRule
{
    private const string Marker = "SAFETY:";

    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        if (!file.IsSource)
            yield break;
        foreach (SyntaxToken token in file.Root.DescendantTokens().Where(t => t.IsKind(SyntaxKind.UnsafeKeyword)))
        {
            SyntaxNode owner = token.Parent!;
            if (!IsJustified(owner, token) && !IsJustifiedInside(owner))
            {
                yield return file.At(token,
                    "`unsafe` without a `// SAFETY:` comment before it, as its first line, or at each statement inside "
                    + "that touches raw memory: say what bounds it, how long the memory lives and who else writes it.");
            }
        }
    }

    private static bool IsJustified(SyntaxNode owner, SyntaxToken keyword)
    {
        if (owner.GetLeadingTrivia().Any(IsMarker) || keyword.LeadingTrivia.Any(IsMarker))
            return true;
        SyntaxToken open = owner.DescendantTokens()
            .FirstOrDefault(t => t.SpanStart > keyword.SpanStart
                && (t.IsKind(SyntaxKind.OpenBraceToken) || t.IsKind(SyntaxKind.EqualsGreaterThanToken)));
        if (open.IsKind(SyntaxKind.None))
            return owner.GetTrailingTrivia().Any(IsMarker);
        return open.LeadingTrivia.Any(IsMarker) || open.TrailingTrivia.Any(IsMarker)
            || open.GetNextToken().LeadingTrivia.Any(IsMarker)
            || open.GetPreviousToken().TrailingTrivia.Any(IsMarker);
    }

    private static bool IsJustifiedInside(SyntaxNode owner)
    {
        if (owner is UnsafeStatementSyntax)
            return false;
        var touches = owner.DescendantNodes().Where(TouchesRawMemory).ToList();
        return touches.Count > 0 && touches.TrueForAll(touch => touch.AncestorsAndSelf()
            .TakeWhile(node => node != owner)
            .Any(node => node is StatementSyntax or MemberDeclarationSyntax or AccessorDeclarationSyntax
                && (node.GetLeadingTrivia().Any(IsMarker) || node.GetTrailingTrivia().Any(IsMarker))));
    }

    private static bool TouchesRawMemory(SyntaxNode node) => node switch
    {
        FixedStatementSyntax => true,
        CastExpressionSyntax { Type: PointerTypeSyntax or FunctionPointerTypeSyntax } => true,
        _ => node.Kind() is SyntaxKind.PointerIndirectionExpression or SyntaxKind.AddressOfExpression
            or SyntaxKind.PointerMemberAccessExpression,
    };

    private static bool IsMarker(SyntaxTrivia trivia) =>
        (trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
        && trivia.ToString().Contains(Marker, StringComparison.Ordinal);
}
