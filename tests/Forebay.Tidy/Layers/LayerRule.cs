using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Layers;

/// <summary>
/// Every name in <c>src/Forebay</c> is bound to its symbol, and the symbol's folder must be one that the using folder's
/// row allows. A using directive of a closed namespace fails even where nothing is used from it yet.
/// </summary>
internal sealed class LayerRule : ITidyRule
{
    private const string RootNamespace = "Forebay";

    public IEnumerable<Violation> Check(SourceTree tree)
    {
        var core = tree.Sources.Where(file => file.IsCore).ToList();
        return core.AsParallel().AsOrdered().SelectMany(file => Check(file, tree.Core)).ToList();
    }

    private static List<Violation> Check(SourceFile file, CoreModel core)
    {
        Layer? layer = LayerTable.Find(file.TopFolder);
        if (layer is null)
        {
            return [new(file.Path, 1, $"{file.TopFolder}/ is no row of the layer table: "
                + "move the file, or give the folder a row in tests/Forebay.Tidy/Layers/LayerTable.cs and say why.")];
        }

        SemanticModel model = core.ModelOf(file);
        var seen = new HashSet<(int, string)>();
        var found = new List<Violation>();
        foreach (SyntaxNode node in file.Root.DescendantNodes())
        {
            if (NamedBy(node, model) is not { } symbol || Place.Of(symbol) is not { } place)
                continue;
            if (Complaint(layer, MethodRoom(file), place) is { } message
                && seen.Add((file.LineOf(node.SpanStart), message)))
                found.Add(file.At(node, message));
        }
        return found;
    }

    private static ISymbol? NamedBy(SyntaxNode node, SemanticModel model)
    {
        if (node is UsingDirectiveSyntax { NamespaceOrType: { } target })
            return model.GetSymbolInfo(target).Symbol;
        if (node is not SimpleNameSyntax name || name.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null)
            return null;
        SymbolInfo info = model.GetSymbolInfo(name);
        ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
        return symbol is INamespaceSymbol ? null : symbol;
    }

    private static string MethodRoom(SourceFile file)
    {
        string[] parts = file.Path.Split('/');
        return file.TopFolder == "Methods" && parts.Length > 4 ? parts[3] : "";
    }

    private static string? Complaint(Layer layer, string methodRoom, Place place)
    {
        if (place.Folder == layer.Name)
        {
            bool apart = methodRoom.Length > 0 && place.Room != methodRoom
                && LayerTable.SeparateMethods.Contains(methodRoom) && LayerTable.SeparateMethods.Contains(place.Room);
            return apart
                ? $"Methods.{methodRoom} may not use {place.Name}: methods do not see each other; "
                    + "move what they share up into Methods."
                : null;
        }
        if (layer.Uses.Contains(place.Folder) || layer.SingleTypes.Contains(place.TypeName))
            return null;
        string allowed = layer.Uses.Count == 0 ? "nothing of Forebay" : string.Join(", ", layer.Uses);
        return $"{layer.Title} may not use {place.Name}: its row allows {allowed}; "
            + "define a contract in an allowed layer that the upper one implements, or pass an id.";
    }

    /// <summary>Where a symbol of the core lives.</summary>
    private sealed record Place(string Folder, string Room, string TypeName, string Name)
    {
        public static Place? Of(ISymbol symbol)
        {
            ISymbol original = Unwrap(symbol);
            INamedTypeSymbol? type = original as INamedTypeSymbol ?? original.ContainingType;
            INamespaceSymbol? space = original as INamespaceSymbol ?? type?.ContainingNamespace;
            if (space is null || !original.Locations.Any(location => location.IsInSource))
                return null;
            string[] parts = space.ToDisplayString().Split('.');
            if (parts[0] != RootNamespace)
                return null;
            while (type?.ContainingType is { } outer)
                type = outer;
            string typeName = type is null ? "" : $"{space.ToDisplayString()}.{type.Name}";
            return new Place(
                parts.ElementAtOrDefault(1) ?? "",
                parts.ElementAtOrDefault(2) ?? "",
                typeName,
                type is null ? space.ToDisplayString() : typeName);
        }

        // Locals and type parameters belong to the code that declares them; a name bound to an alias means its target.
        private static ISymbol Unwrap(ISymbol symbol) => symbol switch
        {
            IAliasSymbol alias => alias.Target,
            IMethodSymbol { ReducedFrom: { } extension } => extension,
            _ => symbol.OriginalDefinition,
        };
    }
}
