using Forebay.Tidy.Source;

namespace Forebay.Tidy;

/// <summary>A rule that looks at one C# file at a time.</summary>
internal abstract class FileRule : ITidyRule
{
    public IEnumerable<Violation> Check(SourceTree tree) => tree.Sources.SelectMany(Check);

    protected abstract IEnumerable<Violation> Check(SourceFile file);
}
