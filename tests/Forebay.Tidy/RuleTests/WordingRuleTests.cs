using Forebay.Tidy.Rules;

namespace Forebay.Tidy.RuleTests;

public sealed class WordingRuleTests
{
    private const string Path = "src/Forebay/Engine/Batch.cs";
    private const string TestPath = "tests/Forebay.Tests/Engine/BatchTests.cs";

    [Theory]
    [InlineData("Thread.Sleep(1)")]
    [InlineData("await System.Threading.Tasks.Task.Delay(5)")]
    [InlineData("var t = DateTime.Now")]
    [InlineData("var t = DateTimeOffset.UtcNow")]
    [InlineData("var r = new Random()")]
    [InlineData("Random r = new()")]
    [InlineData("int i = Random.Shared.Next()")]
    [InlineData("Environment.Exit(1)")]
    [InlineData("Func<int, Task> wait = Task.Delay")]
    public void BannedCall_EvenInTests_Fails(string statement) =>
        RuleCheck.Fails(new BannedCallRule(), 2, "is banned",
            (TestPath, $"class T {{ async Task M() {{\n{statement}; }} }}"));

    [Fact]
    public void BannedCall_AnalyserSwitchedOff_Fails() => RuleCheck.Fails(new BannedCallRule(), 1, "RS0030",
        (Path, "#pragma warning disable RS0030\nclass Batch { }"));

    [Fact]
    public void BannedCall_SeededAndInjected_Passes() => RuleCheck.Passes(new BannedCallRule(), (Path,
        "class Batch { void M(TimeProvider time) { var r = new Random(7); Random s = new(8); _ = time.GetUtcNow(); "
            + "Thread.Yield(); } }"));

    [Theory]
    [InlineData("// TO" + "DO(#12): grow the table")]
    [InlineData("// FIX" + "ME #3 later")]
    [InlineData("/* a hacksaw, a todo list */")]
    [InlineData("class Batch { string s = \"TO" + "DO\"; }")]
    public void Unfinished_WithIssueOrNoMark_Passes(string source) =>
        RuleCheck.Passes(new UnfinishedWorkRule(), (Path, source));

    [Theory]
    [InlineData("\n// TO" + "DO: grow the table")]
    [InlineData("\n/* FIX" + "ME */")]
    [InlineData("/*\n HA" + "CK around it */")]
    [InlineData("\n/// <summary>TO" + "DO</summary>\nclass Batch { }")]
    public void Unfinished_WithoutIssue_Fails(string source) =>
        RuleCheck.Fails(new UnfinishedWorkRule(), 2, "without an issue", (Path, source));

    [Theory]
    [InlineData("class T { [Fact(Skip = \"\")] void M() { } }")]
    [InlineData("class T { [Theory(Skip = \"later\")] void M() { } }")]
    [InlineData("class T { void M() => Assert.Skip(\" \"); }")]
    [InlineData("class T { void M() => Assert.SkipUnless(x, \"no\"); }")]
    public void Skip_WithoutReason_Fails(string source) =>
        RuleCheck.Fails(new SkipReasonRule(), 1, "without a reason", (TestPath, source));

    [Theory]
    [InlineData("class T { [Fact(Skip = \"needs a block device of its own\")] void M() { } }")]
    [InlineData("class T { void M() => Assert.SkipUnless(x, why); }")]
    public void Skip_WithReason_Passes(string source) => RuleCheck.Passes(new SkipReasonRule(), (TestPath, source));

    [Theory]
    [InlineData("docs/page.md", "see /ho" + "me/someone/x")]
    [InlineData("docs/page.md", "run `/wo" + "rk/x`")]
    [InlineData("src/Forebay/Forebay.csproj", "<P>/ro" + "ot/.nuget</P>")]
    [InlineData(Path, "class Batch { string s = \"/ro" + "ot\"; }")]
    [InlineData(TestPath, "// see /wo" + "rk/shared")]
    [InlineData(Path, "class Batch { string s = $\"/tmp/{1}\"; }")]
    public void MachinePath_Private_Fails(string path, string content) =>
        RuleCheck.Fails(new MachinePathRule(), 1, "", (path, content));

    [Theory]
    [InlineData("docs/page.md", "src/root and /proc/self, net/work/x, https://example.org/ho" + "me/x, /rootless")]
    [InlineData(TestPath, "class T { string s = \"/tmp/x\"; }")]
    [InlineData(Path, "// files under /tmp/ are temporary")]
    public void MachinePath_Ordinary_Passes(string path, string content) =>
        RuleCheck.Passes(new MachinePathRule(), (path, content));
}
