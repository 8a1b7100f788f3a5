using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>
/// A switch over a state (an enum of the core named <c>…State</c> or <c>…Status</c>) lists every member, so that a new
/// state meets everybody who decides by state. A <c>default</c> may stand beside the full list, never instead of a part
/// of it.
/// </summary>
internal sealed class StateSwitchRule : ITidyRule
{
    public IEnumerable<Violation> Check(SourceTree tree) => tree.Sources.Where(file => file.IsCore)
        .AsParallel().AsOrdered().SelectMany(file => Check(file, tree.Core)).ToList();

    private static IEnumerable<Violation> Check(SourceFile file, CoreModel core)
    {
        SemanticModel? model = null;
        foreach (SyntaxNode node in file.Root.DescendantNodes()
            .Where(n => n is SwitchStatementSyntax or SwitchExpressionSyntax))
        {
            model ??= core.ModelOf(file);
            ExpressionSyntax governing = node is SwitchStatementSyntax statement
                ? statement.Expression
                : ((SwitchExpressionSyntax)node).GoverningExpression;
            if (model.GetTypeInfo(governing).Type is not INamedTypeSymbol { TypeKind: TypeKind.Enum } type
                || !IsState(type))
                continue;
            var named = Named(node, model);
            var missing = type.GetMembers().OfType<IFieldSymbol>()
                .Where(f => f.HasConstantValue && !named.Contains(f.ConstantValue!))
                .Select(f => f.Name).ToList();
            if (missing.Count > 0)
            {
                string names = string.Join(", ", missing);
                yield return file.At(node, $"This switch on {type.Name} does not list {names}: list every state.");
            }
        }
    }

    private static bool IsState(INamedTypeSymbol type) =>
        (type.Name.EndsWith("State", StringComparison.Ordinal)
            || type.Name.EndsWith("Status", StringComparison.Ordinal))
        && type.Locations.Any(location => location.IsInSource)
        && !type.GetAttributes().Any(a => a.AttributeClass?.Name == nameof(FlagsAttribute));

    private static HashSet<object> Named(SyntaxNode node, SemanticModel model)
    {
        IEnumerable<SyntaxNode> labels = node is SwitchStatementSyntax statement
            ? statement.Sections.SelectMany(section => section.Labels)
            : ((SwitchExpressionSyntax)node).Arms.Select(arm => arm.Pattern);
        return [.. labels.SelectMany(label => label.DescendantNodesAndSelf()).OfType<ExpressionSyntax>()
            .Select(expression => model.GetConstantValue(expression))
                .Where(value => value is { HasValue: true, Value: not null })
            .Select(value => value.Value!)];
    }
}
