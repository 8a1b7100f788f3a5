using Forebay.Tidy.Rules;

namespace Forebay.Tidy.RuleTests;

public sealed class FileShapeRuleTests
{
    private const string Path = "src/Forebay/Engine/Batch.cs";

    [Theory]
    [InlineData(Path, "namespace Forebay.Engine; class Batch { }")]
    [InlineData("src/Forebay/Instance.cs", "namespace Forebay; class Instance { }")]
    [InlineData("src/Forebay/Methods/Worker/Pool.cs", "namespace Forebay.Methods.Worker; class Pool { }")]
    [InlineData("tests/Forebay.Tests/Engine/BatchTests.cs", "namespace Forebay.Tests.Engine; class BatchTests { }")]
    [InlineData("src/Forebay.Tool/Program.cs", "return 0;")]
    [InlineData("src/Forebay/Assembly.cs", "[assembly: System.CLSCompliant(false)]")]
    public void Namespace_IsFolder_Passes(string path, string source) =>
        RuleCheck.Passes(new NamespaceRule(), (path, source));

    [Theory]
    [InlineData(Path, "namespace Forebay; class Batch { }", "Forebay.Engine")]
    [InlineData(Path, "class Batch { }", "outside every namespace")]
    [InlineData(Path, "delegate void Batch();", "outside every namespace")]
    [InlineData("Loose.cs", "class Loose { }", "src, tests, bench or samples")]
    public void Namespace_IsNotFolder_Fails(string path, string source, string says) =>
        RuleCheck.Fails(new NamespaceRule(), 1, says, (path, source));

    [Theory]
    [InlineData(Path, "namespace Forebay.Engine; class Batch { class Inner { } delegate void D(); }")]
    [InlineData("src/Forebay/Engine/Batch.Submit.cs", "namespace Forebay.Engine; partial class Batch { enum E { A } }")]
    [InlineData("src/Forebay.Tool/Program.cs", "return 0;\nsealed class Anything { }")]
    public void OneType_OneOfItsName_Passes(string path, string source) =>
        RuleCheck.Passes(new OneTypeRule(), (path, source));

    [Theory]
    [InlineData(2, "namespace Forebay.Engine; class Batch { }\nenum Second { A }", "Second is a second")]
    [InlineData(2, "namespace Forebay.Engine; class Batch { }\nfile class Second { }", "Second is a second")]
    [InlineData(2, "namespace Forebay.Engine; class Batch { }\ndelegate void Second();", "Second is a second")]
    [InlineData(1, "namespace Forebay.Engine; class Other { }", "name the file Other.cs")]
    public void OneType_SecondOrOtherName_Fails(int line, string source, string says) =>
        RuleCheck.Fails(new OneTypeRule(), line, says, (Path, source));

    [Fact]
    public void Size_FileAtLimit_Passes() =>
        RuleCheck.Passes(new SizeRule(), (Path, string.Concat(Enumerable.Repeat("// line\n", SizeRule.FileLinesMax))));

    [Fact]
    public void Size_FileOverLimit_Fails() =>
        RuleCheck.Fails(new SizeRule(), SizeRule.FileLinesMax + 1, "lines in one file",
        (Path, string.Concat(Enumerable.Repeat("// line\n", SizeRule.FileLinesMax + 1))));

    [Fact]
    public void Size_LineAtLimit_Passes() =>
        RuleCheck.Passes(new SizeRule(),
            (Path, "class Batch { }\n//" + new string('x', SizeRule.LineCharactersMax - 2)));

    [Fact]
    public void Size_LineOverLimit_Fails() => RuleCheck.Fails(new SizeRule(), 2, "characters in one line",
        (Path, "class Batch { }\n//" + new string('x', SizeRule.LineCharactersMax - 1) + "\n"));

    [Theory]
    [InlineData("class Batch {\n[Attribute]\nvoid M()\n{\nBODY}\n}", 3)]
    [InlineData("class Batch {\nint P\n{\nget\n{\nBODYreturn 1; }\n}\n}", 3)]
    [InlineData("class Batch {\n/// <summary>Said.</summary>\npublic Batch()\n{\nBODY}\n}", 3)]
    public void Size_MethodAtLimit_Passes(string source, int frame) =>
        RuleCheck.Passes(new SizeRule(),
            (Path, source.Replace("BODY", Statements(SizeRule.MethodLinesMax - frame), StringComparison.Ordinal)));

    [Theory]
    [InlineData("class Batch {\n[Attribute]\nvoid M()\n{\nBODY}\n}", 3, 3)]
    [InlineData("class Batch {\nint P\n{\nget\n{\nBODYreturn 1; }\n}\n}", 3, 4)]
    [InlineData("BODY", 0, 1)]
    public void Size_MethodOverLimit_Fails(string source, int frame, int line) =>
        RuleCheck.Fails(new SizeRule(), line, "the limit is 70",
        (Path, source.Replace("BODY", Statements(SizeRule.MethodLinesMax - frame + 1), StringComparison.Ordinal)));

    private static string Statements(int lines) => string.Concat(Enumerable.Repeat("f();\n", lines));
}
