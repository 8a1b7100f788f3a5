using Forebay.Tidy.Layers;
using Forebay.Tidy.Rules;
using Forebay.Tidy.Source;

namespace Forebay.Tidy;

/// <summary>The rules of docs/hacking.md over every file of the repository.</summary>
public sealed class RepositoryTests
{
    private const int ShownMax = 60;

    private static readonly Lazy<SourceTree> s_tree = new(() => SourceTree.Load(SourceTree.FindRoot()));

    [Fact]
    public void Layers_WholeCore_PointUpTheTableOnly() => Holds(new LayerRule());

    [Fact]
    public void Layers_PostgreSql_PointUpTheirOrderOnly() => Holds(new PostgreSqlLayerRule());

    [Fact]
    public void ProjectFiles_AllOfSrc_HideNoReference() => Holds(new ProjectReferenceRule());

    [Fact]
    public void Unsafe_OutsideFence_DoesNotOccur() => Holds(new UnsafeFenceRule());

    [Fact]
    public void Unsafe_InsideFence_IsJustified() => Holds(new SafetyCommentRule());

    [Fact]
    public void Namespaces_AllFiles_AreTheirFolders() => Holds(new NamespaceRule());

    [Fact]
    public void Files_All_HoldOneTypeOfTheirName() => Holds(new OneTypeRule());

    [Fact]
    public void Sizes_FilesMethodsLines_KeepTheirLimits() => Holds(new SizeRule());

    [Fact]
    public void BannedCalls_AllFiles_DoNotOccur() => Holds(new BannedCallRule());

    [Fact]
    public void UnfinishedWork_AllComments_NamesItsIssue() => Holds(new UnfinishedWorkRule());

    [Fact]
    public void SkippedTests_All_SayWhy() => Holds(new SkipReasonRule());

    [Fact]
    public void MachinePaths_AllFiles_DoNotOccur() => Holds(new MachinePathRule());

    [Fact]
    public void MemoryOrder_EachAccessOfTheCore_SaysWhatItOrders() => Holds(new MemoryOrderRule());

    [Fact]
    public void Invariants_CodeAndPage_Agree() => Holds(new InvariantRule());

    [Fact]
    public void StateSwitches_WholeCore_ListEveryState() => Holds(new StateSwitchRule());

    [Fact]
    public void Links_AllPages_LeadToFilesThatExist() => Holds(new DocumentLinkRule());

    private static void Holds(ITidyRule rule)
    {
        List<Violation> found = [.. rule.Check(s_tree.Value)];
        if (found.Count == 0)
            return;
        string more = found.Count > ShownMax ? $"\n… and {found.Count - ShownMax} more" : "";
        Assert.Fail($"{found.Count} places break a rule of the house (docs/hacking.md):\n"
            + string.Join('\n', found.Take(ShownMax)) + more);
    }
}
