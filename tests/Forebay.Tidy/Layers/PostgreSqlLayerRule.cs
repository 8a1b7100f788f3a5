using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Layers;

/// <summary>
/// The folders of <c>src/Forebay.PostgreSql</c> in their order: each may use those before it. Looked at are using
/// directives, and names that begin with a folder. A new folder needs a place here and a line in docs/architecture.md.
/// </summary>
internal sealed class PostgreSqlLayerRule : ITidyRule
{
    private const string Root = "src/Forebay.PostgreSql/";
    private const string Namespace = "Forebay.PostgreSql.";

    private static readonly string[] s_order =
    [
        "Pages", "Clusters", "Compression", "Tuples", "Types", "Visibility", "Relations", "Catalog", "Toast", "Scans",
    ];

    public IEnumerable<Violation> Check(SourceTree tree) => tree.Sources
        .Where(file => file.Path.StartsWith(Root, StringComparison.Ordinal))
        .SelectMany(Check);

    private static IEnumerable<Violation> Check(SourceFile file)
    {
        string folder = file.Path[Root.Length..].Split('/')[0];
        int own = Array.IndexOf(s_order, folder);
        if (own < 0)
        {
            yield return new(file.Path, 1, $"{folder}/ has no place in the order of the folders of {Root}: give it "
                + "one in tests/Forebay.Tidy/Layers/PostgreSqlLayerRule.cs, and a line in docs/architecture.md.");
            yield break;
        }

        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            string used = UsedFolder(node);
            if (Array.IndexOf(s_order, used) > own)
                yield return file.At(node, $"{folder} may not use {used}: it comes later in {Root}.");
        }
    }

    private static string UsedFolder(SyntaxNode node)
    {
        string? name = node switch
        {
            UsingDirectiveSyntax { NamespaceOrType: { } target } => target.ToString(),
            QualifiedNameSyntax { Left: IdentifierNameSyntax left, Parent: not UsingDirectiveSyntax } =>
                Namespace + left.Identifier.Text,
            _ => null,
        };
        return name is not null && name.StartsWith(Namespace, StringComparison.Ordinal)
            ? name[Namespace.Length..].Split('.')[0]
            : "";
    }
}
