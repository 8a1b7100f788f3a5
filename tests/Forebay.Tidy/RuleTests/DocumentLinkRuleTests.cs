using Forebay.Tidy.Rules;

namespace Forebay.Tidy.RuleTests;

public sealed class DocumentLinkRuleTests
{
    private static readonly (string, string) s_source = ("src/Forebay/Engine/Batch.cs", "");
    private static readonly (string, string) s_readme = ("README.md", "");

    [Theory]
    [InlineData("[a](hacking.md) and [b](../README.md) and [c](../src/Forebay/Engine/Batch.cs)")]
    [InlineData("[a folder](../src/Forebay/Engine/), [part](hacking.md#build), [here](#build)")]
    [InlineData("[titled](hacking.md \"x\") and `handlers[id](data)`\n```csharp\nhandlers[id](data);\n```\n")]
    [InlineData("[away](https://example.org/none.md)")]
    public void Check_TargetExistsOrLeaves_Passes(string line) => RuleCheck.Passes(new DocumentLinkRule(),
        s_source, s_readme, ("docs/hacking.md", line));

    [Theory]
    [InlineData("[a](gone.md)")]
    [InlineData("[a](README.md)")]
    [InlineData("[a](../src/Forebay/Engine/Gone.cs#L3)")]
    public void Check_TargetIsMissing_Fails(string line) => RuleCheck.Fails(new DocumentLinkRule(), 2, "does not exist",
        s_source, s_readme, ("docs/hacking.md", "Links\n" + line));
}
