using Forebay.Tidy.Source;

namespace Forebay.Tidy;

/// <summary>One rule of the house, checked over a whole tree of sources.</summary>
internal interface ITidyRule
{
    IEnumerable<Violation> Check(SourceTree tree);
}
