using Forebay.Tidy.Source;

namespace Forebay.Tidy.RuleTests;

/// <summary>Runs one rule over sources written in a test.</summary>
internal static class RuleCheck
{
    public static void Passes(ITidyRule rule, params (string Path, string Content)[] files) =>
        Assert.Empty(rule.Check(new SourceTree(files)));

    /// <summary>The rule finds exactly one place, on this line, and its sentence contains this.</summary>
    public static void Fails(ITidyRule rule, int line, string says, params (string Path, string Content)[] files)
    {
        Violation violation = Assert.Single(rule.Check(new SourceTree(files)));
        Assert.Equal(line, violation.Line);
        Assert.Contains(says, violation.Message, StringComparison.Ordinal);
    }
}
