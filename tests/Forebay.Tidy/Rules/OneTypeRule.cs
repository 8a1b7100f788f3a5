using Forebay.Tidy.Source;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Forebay.Tidy.Rules;

/// <summary>
/// One top-level type per file, and the file carries its name: <c>Foo.cs</c>, or <c>Foo.Part.cs</c> for a part of it.
/// </summary>
internal sealed class OneTypeRule : FileRule
{
    protected override IEnumerable<Violation> Check(SourceFile file)
    {
        var types = file.Root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .ToList();
        foreach (MemberDeclarationSyntax extra in types.Skip(1))
            yield return file.At(extra,
                $"{NameOf(extra)} is a second top-level type in this file: give it a file of its own, or nest it.");

        if (types.Count == 1 && file.FileName.Split('.')[0] != NameOf(types[0]) && !IsProgram(file))
        {
            yield return file.At(types[0], $"{NameOf(types[0])} lives in {file.FileName}: "
                + $"name the file {NameOf(types[0])}.cs, or {NameOf(types[0])}.Part.cs for a part of it.");
        }
    }

    private static bool IsProgram(SourceFile file) => file.Root.Members.OfType<GlobalStatementSyntax>().Any();

    private static string NameOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        _ => "",
    };
}
