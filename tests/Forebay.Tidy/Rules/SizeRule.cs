using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Forebay.Tidy.Rules;

/// <summary>What fits a screen and a head: files, methods and lines have a hard limit.</summary>
internal sealed class SizeRule : FileRule
{
    public const int FileLinesMax = 500;
    public const int MethodLinesMax = 70;
    public const int LineCharactersMax = 120;

    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        TextLineCollection lines = file.Tree.GetText().Lines;
        int count = lines[^1].Span.IsEmpty ? lines.Count - 1 : lines.Count;
        if (count > FileLinesMax)
            yield return new(file.Path, FileLinesMax + 1,
                $"{count} lines in one file, the limit is {FileLinesMax}: move a concept out.");

        foreach (TextLine line in lines.Where(line => line.Span.Length > LineCharactersMax))
        {
            yield return new(file.Path, line.LineNumber + 1,
                $"{line.Span.Length} characters in one line, the limit is {LineCharactersMax}: break it where the "
                    + "thought breaks.");
        }

        foreach (SyntaxNode node in file.Root.DescendantNodes().Where(IsMethod))
        {
            int length = LengthOf(file, node);
            if (length > MethodLinesMax)
                yield return file.At(SignatureStart(node),
                    $"{length} lines in one method, the limit is {MethodLinesMax}: name a step and move it out.");
        }

        var statements = file.Root.Members.OfType<GlobalStatementSyntax>().ToList();
        if (statements.Count > 0)
        {
            int length = file.LineOf(statements[^1].Span.End) - file.LineOf(statements[0].SpanStart) + 1;
            if (length > MethodLinesMax)
                yield return file.At(statements[0],
                    $"{length} lines of top-level statements, the limit is {MethodLinesMax}: move steps into types.");
        }
    }

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
        || (node is BasePropertyDeclarationSyntax && node.ChildNodes().OfType<ArrowExpressionClauseSyntax>().Any());

    // Attributes (a theory's data, for one) are not the method.
    private static int LengthOf(SourceFile file, SyntaxNode node) =>
        file.LineOf(node.Span.End) - file.LineOf(SignatureStart(node).SpanStart) + 1;

    private static SyntaxToken SignatureStart(SyntaxNode node) =>
        node.ChildNodesAndTokens().Where(child => !child.IsKind(SyntaxKind.AttributeList))
            .Select(child => child.IsToken ? child.AsToken() : child.AsNode()!.GetFirstToken())
            .First();
}
