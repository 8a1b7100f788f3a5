using System.Text.RegularExpressions;
using Forebay.Tidy.Source;

namespace Forebay.Tidy.Layers;

/// <summary>
/// What the layer rule cannot see in C# files: a namespace that a project file imports everywhere, and a friend that
/// sees the core's internals although it is neither a test nor a bench.
/// </summary>
internal sealed partial class ProjectReferenceRule : ITidyRule
{
    public IEnumerable<Violation> Check(SourceTree tree)
    {
        foreach (TextFile file in tree.Texts.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal)))
        {
            if (!file.Path.EndsWith(".csproj", StringComparison.Ordinal)
                && !file.Path.EndsWith(".props", StringComparison.Ordinal))
                continue;
            for (int i = 0; i < file.Lines.Length; i++)
            {
                if (GlobalUsing().IsMatch(file.Lines[i]))
                    yield return new(file.Path, i + 1,
                        "A project-wide using hides who uses whom: write the using in the files that need it.");
                Match friend = Friend().Match(file.Lines[i]);
                if (friend.Success && !IsTest(friend.Groups[1].Value))
                    yield return new(file.Path, i + 1,
                        $"{friend.Groups[1].Value} may not see internals: make public what users of that assembly "
                            + "need.");
            }
        }
        foreach (SourceFile file in tree.Sources.Where(file => file.IsSource))
        {
            foreach (var directive in file.Root.Usings.Where(u => u.GlobalKeyword.Text.Length > 0))
                yield return file.At(directive,
                    "A global using hides who uses whom: write the using in the files that need it.");
        }
    }

    private static bool IsTest(string assembly) =>
        assembly is "Forebay.Tests" or "Forebay.Conformance" or "Forebay.Simulation" or "Forebay.Stress"
            or "Forebay.Microbenchmarks" or "Forebay.Comparison";

    [GeneratedRegex("""<Using\s+Include="Forebay""")]
    private static partial Regex GlobalUsing();

    [GeneratedRegex("""<InternalsVisibleTo\s+Include="([^"]+)""")]
    private static partial Regex Friend();
}
