using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>
/// Each access that orders memory in the core carries a comment: what it orders, before what, so that what. It stands
/// on the call's line or at most three lines above its statement, in the same list of statements.
/// </summary>
internal sealed class MemoryOrderRule : FileRule
{
    private const int LinesAbove = 3;

    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        if (!file.IsCore)
            yield break;
        List<int>? comments = null;
        foreach (InvocationExpressionSyntax call in file.Root.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (Name(call) is not { } name)
                continue;
            comments ??= [.. file.Root.DescendantTrivia().Where(IsComment).Select(t => t.SpanStart)];
            if (!HasComment(file, call, comments))
                yield return file.At(call,
                    $"{name} without its comment: say what it orders, before what, so that what.");
        }
    }

    private static string? Name(InvocationExpressionSyntax call)
    {
        if (call.Expression is not MemberAccessExpressionSyntax access)
            return null;
        string owner = access.Expression switch
        {
            SimpleNameSyntax name => name.Identifier.Text,
            MemberAccessExpressionSyntax qualified => qualified.Name.Identifier.Text,
            _ => "",
        };
        string member = access.Name.Identifier.Text;
        bool orders = owner is "Volatile" or "Interlocked"
            || (owner == "Thread" && member is "MemoryBarrier" or "VolatileRead" or "VolatileWrite");
        return orders ? $"{owner}.{member}" : null;
    }

    private static bool HasComment(SourceFile file, InvocationExpressionSyntax call, List<int> comments)
    {
        SyntaxNode list = StatementList(call);
        SyntaxNode statement = call.AncestorsAndSelf().TakeWhile(node => node != list).Last();
        int first = Math.Min(file.LineOf(statement.SpanStart), file.LineOf(call.SpanStart)) - LinesAbove;
        int last = file.LineOf(call.Span.End);
        return comments.Exists(at => list.FullSpan.Contains(at) && file.LineOf(at) >= first && file.LineOf(at) <= last);
    }

    // The innermost block or switch section around the call; for an expression body, the member.
    private static SyntaxNode StatementList(InvocationExpressionSyntax call)
    {
        for (SyntaxNode? node = call.Parent; node is not null; node = node.Parent)
        {
            if (node is BlockSyntax or SwitchSectionSyntax or CompilationUnitSyntax)
                return node;
            if (node is MemberDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax)
                return node is GlobalStatementSyntax ? node.Parent! : node;
        }
        return call.SyntaxTree.GetRoot();
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;
}
