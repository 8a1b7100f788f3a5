using Forebay.Tidy.Rules;

namespace Forebay.Tidy.RuleTests;

public sealed class StateRuleTests
{
    private const string Path = "src/Forebay/Handles/Handle.cs";
    private const string Page = "docs/invariants.md";
    private const string Enum =
        "namespace Forebay.Handles; enum IoState : byte { Idle, Busy, Done } [System.Flags] enum BitState { A, B } ";

    [Fact]
    public void Invariant_CodeAndPageAgree_Passes() => RuleCheck.Passes(new InvariantRule(),
        (Page, "# Invariants\n| id | statement |\n|---|---|\n| I-07 | x, as I-08 |\n\n### `I-08` y\nI-07 again.\n"),
        (Path, "class H { void M() { Invariant.Check(a, \"I-07: broken\", 1); Primitives.Invariant.Check(b, $\"I-08: "
            + "{x}\"); } }"));

    [Fact]
    public void Invariant_NoPageYet_Passes() => RuleCheck.Passes(new InvariantRule(),
        (Path, "class H { void M() => Invariant.Check(a, \"I-07: broken\"); }"));

    [Fact]
    public void Invariant_NotOnPage_Fails() => RuleCheck.Fails(new InvariantRule(), 1, "I-09 is no row",
        (Page, "| I-07 | x |\n"),
        (Path, "class H { void M() { Invariant.Check(a, \"I-07: broken\"); Invariant.Fail(\"I-09: broken\"); } }"));

    [Fact]
    public void Invariant_NumberOfAnotherLayer_Fails() => RuleCheck.Fails(new InvariantRule(), 1,
        "I-52 is a number of src/Forebay/Storage/",
        ("src/Forebay/Buffers/Pool.cs", "class Pool { void M() => Invariant.Check(true, \"I-52: no\"); }"),
        ("src/Forebay/Storage/Slot.cs", "class Slot { void M() => Invariant.Check(true, \"I-52: no\"); }"),
        ("docs/invariants.md", "| I-52 | … |"));

    [Fact]
    public void Invariant_NotInCode_Fails() => RuleCheck.Fails(new InvariantRule(), 2, "I-08 is asserted nowhere",
        (Page, "| I-07 | x |\n| I-08 | y |\n"),
            (Path, "class H { void M() => Invariant.Check(a, \"I-07: broken\"); }"));

    [Fact]
    public void Invariant_AssertedInTestsOnly_Fails() =>
        RuleCheck.Fails(new InvariantRule(), 1, "I-07 is asserted nowhere",
        (Page, "| I-07 | x |\n"),
            ("tests/Forebay.Tests/T.cs", "class T { void M() => Invariant.Check(a, \"I-07: broken\"); }"));

    [Fact]
    public void Invariant_TwoRows_Fails() => RuleCheck.Fails(new InvariantRule(), 2, "I-07 has two rows",
        (Page, "| I-07 | x |\n| I-07 | y |\n"),
            (Path, "class H { void M() => Invariant.Check(a, \"I-07: broken\"); }"));

    [Fact]
    public void Invariant_MessageWithoutId_Fails() => RuleCheck.Fails(new InvariantRule(), 1, "starts with its id",
        (Path, "class H { void M() => Invariant.Check(a, \"the handle is busy\"); }"));

    [Theory]
    [InlineData("switch (s) { case IoState.Idle: case IoState.Busy: break; case IoState.Done: break; }")]
    [InlineData("switch (s) { case IoState.Idle: case IoState.Busy: case IoState.Done: break; default: throw new "
        + "System.Exception(); }")]
    [InlineData("_ = s switch { IoState.Idle or IoState.Busy => 1, IoState.Done => 2 };")]
    [InlineData("switch (b) { case BitState.A: break; }")]
    [InlineData("switch (n) { case 1: break; }")]
    public void StateSwitch_EveryState_Passes(string body) =>
        RuleCheck.Passes(new StateSwitchRule(), (Path, InMethod(body)));

    [Theory]
    [InlineData("switch (s) { case IoState.Idle: break; default: break; }", "Busy, Done")]
    [InlineData("_ = s switch { IoState.Idle or IoState.Busy => 1, _ => 2 };", "Done")]
    public void StateSwitch_StateMissing_Fails(string body, string missing) =>
        RuleCheck.Fails(new StateSwitchRule(), 2, missing, (Path, InMethod(body)));

    private static string InMethod(string body) =>
        $"{Enum}\nclass Handle {{ void M(IoState s, BitState b, int n) {{ {body} }} }}";
}
