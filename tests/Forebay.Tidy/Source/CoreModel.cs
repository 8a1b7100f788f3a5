using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Forebay.Tidy.Source;

/// <summary>
/// <c>src/Forebay</c> compiled in memory against the runtime's own assemblies, so that rules can ask what a name means.
/// Source generators do not run: partial methods without a body are only diagnostics, which nobody here asks for.
/// </summary>
internal sealed class CoreModel
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly Lazy<MetadataReference[]> s_references = new(LoadReferences);

    public CoreModel(IEnumerable<SourceFile> files)
    {
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable);
        SyntaxTree usings = CSharpSyntaxTree.ParseText(ImplicitUsings, SourceFile.ParseOptions);
        Compilation = CSharpCompilation.Create("Forebay", [usings, .. files.Select(f => f.Tree)], s_references.Value,
            options);
    }

    public CSharpCompilation Compilation { get; }

    public SemanticModel ModelOf(SourceFile file) => Compilation.GetSemanticModel(file.Tree);

    private static MetadataReference[] LoadReferences()
    {
        string list = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        return [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(IsForeign)
            .Select(path => MetadataReference.CreateFromFile(path))];
    }

    // The built Forebay assemblies are on the list too; their types would be found beside the sources.
    private static bool IsForeign(string path) =>
        !Path.GetFileName(path).StartsWith("Forebay", StringComparison.Ordinal);
}
