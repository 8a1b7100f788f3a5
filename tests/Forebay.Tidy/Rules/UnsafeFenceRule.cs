using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>
/// Memory that the runtime does not check is touched in two folders only. Nothing in the language stops a pointer
/// elsewhere, so every door to one is named here: the keyword, pointer types, <c>fixed</c>, <c>Unsafe</c>, and the
/// calls that make references or spans out of nothing.
/// </summary>
internal sealed class UnsafeFenceRule : FileRule
{
    private const string Advice =
        "stays in src/Forebay/Memory and src/Forebay/Interop: use or add a checked accessor there.";

    private static readonly string[] s_rawMarshal = ["Read", "Write", "Copy", "Alloc", "PtrTo", "StructureToPtr"];

    public static bool IsInside(SourceFile file) => file.IsCore && file.TopFolder is "Memory" or "Interop";

    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        if (IsInside(file) || file.IsTestOrBench)
            yield break;
        foreach (SyntaxToken token in file.Root.DescendantTokens().Where(t => t.IsKind(SyntaxKind.UnsafeKeyword)))
            yield return file.At(token, $"`unsafe` {Advice}");
        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            if (Door(node) is { } door)
                yield return file.At(node, $"{door} {Advice}");
        }
    }

    private static string? Door(SyntaxNode node) => node switch
    {
        FunctionPointerTypeSyntax => "A function pointer",
        PointerTypeSyntax => "A pointer type",
        FixedStatementSyntax => "`fixed`",
        UsingDirectiveSyntax { StaticKeyword.RawKind: not 0, NamespaceOrType: { } type } when IsUnsafeClass(type) =>
            "`Unsafe`",
        MemberAccessExpressionSyntax access => Door(access),
        _ => null,
    };

    private static string? Door(MemberAccessExpressionSyntax access)
    {
        string owner = LastName(access.Expression);
        string member = access.Name.Identifier.Text;
        return owner switch
        {
            "Unsafe" => $"`Unsafe.{member}`",
            "NativeMemory" => $"`NativeMemory.{member}`",
            "MemoryMarshal" when member is "CreateSpan" or "CreateReadOnlySpan" => $"`MemoryMarshal.{member}`",
            "Marshal" when s_rawMarshal.Any(start => member.StartsWith(start, StringComparison.Ordinal)) =>
                $"`Marshal.{member}`",
            _ => null,
        };
    }

    private static bool IsUnsafeClass(TypeSyntax type) => LastName(type) == "Unsafe";

    private static string LastName(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax name => name.Identifier.Text,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.Text,
        _ => "",
    };
}
