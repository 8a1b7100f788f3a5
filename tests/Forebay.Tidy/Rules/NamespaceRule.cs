using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>A file's namespace is its project and its folders, so that a name says where to look.</summary>
internal sealed class NamespaceRule : FileRule
{
    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        if (file.FolderNamespace is not { } expected)
        {
            yield return new(file.Path, 1,
                "A C# file lies in src, tests, bench or samples, in the folder of its project.");
            yield break;
        }
        var spaces = file.Root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<BaseNamespaceDeclarationSyntax>().ToList();
        foreach (BaseNamespaceDeclarationSyntax space in spaces)
        {
            if (space.Name.ToString() != expected)
                yield return file.At(space.Name,
                    $"namespace {space.Name} is not its folder: write `namespace {expected};` or move the file.");
        }
        bool isProgram = file.Root.Members.OfType<GlobalStatementSyntax>().Any();
        foreach (MemberDeclarationSyntax member in file.Root.Members)
        {
            if (member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && !isProgram)
                yield return file.At(member,
                    $"A type outside every namespace: write `namespace {expected};` above it.");
        }
    }
}
