using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>
/// Calls that make a run unrepeatable, in tests as anywhere. The compiler's list (BannedSymbols.txt) says the same by
/// symbol; this rule also holds where that analyser is switched off, and sees that nobody does.
/// </summary>
internal sealed class BannedCallRule : FileRule
{
    private const string UseClock = "take the time from the injected TimeProvider.";
    private const string UseState = "wait on an observable state or a hold point, with a TimeProvider for real delays.";
    private const string UseSeed = "use a seeded generator (IoRandom) and print the seed.";

    private static readonly Dictionary<string, string> s_banned = new()
    {
        ["Thread.Sleep"] = UseState,
        ["Task.Delay"] = UseState,
        ["DateTime.Now"] = UseClock,
        ["DateTime.UtcNow"] = UseClock,
        ["DateTime.Today"] = UseClock,
        ["DateTimeOffset.Now"] = UseClock,
        ["DateTimeOffset.UtcNow"] = UseClock,
        ["Random.Shared"] = UseSeed,
        ["Environment.Exit"] = "return an exit code.",
    };

    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            if (node is MemberAccessExpressionSyntax access && Banned(access) is var (call, advice))
                yield return file.At(node, $"{call} is banned: {advice}");
            if (node is ObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0 } creation
                && IsRandom(creation.Type))
                yield return file.At(node, $"new Random() is banned: {UseSeed}");
            if (node is ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0 }
                && node.Parent is EqualsValueClauseSyntax clause
                && DeclaredType(clause) is { } type && IsRandom(type))
                yield return file.At(node, $"new Random() is banned: {UseSeed}");
        }
        foreach (SyntaxTrivia trivia in file.Root.DescendantTrivia()
            .Where(t => t.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia)))
        {
            if (trivia.ToString().Contains("RS0030", StringComparison.Ordinal))
                yield return new(file.Path, file.LineOf(trivia.SpanStart),
                    "RS0030 (banned calls) is never switched off: change the code or BannedSymbols.txt.");
        }
    }

    private static (string Call, string Advice)? Banned(MemberAccessExpressionSyntax access)
    {
        string owner = access.Expression switch
        {
            SimpleNameSyntax name => name.Identifier.Text,
            MemberAccessExpressionSyntax qualified => qualified.Name.Identifier.Text,
            _ => "",
        };
        string call = $"{owner}.{access.Name.Identifier.Text}";
        return s_banned.TryGetValue(call, out string? advice) ? (call, advice) : null;
    }

    private static TypeSyntax? DeclaredType(EqualsValueClauseSyntax clause) => clause.Parent switch
    {
        VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax declaration } => declaration.Type,
        PropertyDeclarationSyntax property => property.Type,
        _ => null,
    };

    private static bool IsRandom(TypeSyntax type) =>
        type.ToString() is "Random" or "System.Random" or "global::System.Random";
}
