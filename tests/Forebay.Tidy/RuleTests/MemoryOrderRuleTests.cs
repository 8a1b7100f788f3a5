using Forebay.Tidy.Rules;

namespace Forebay.Tidy.RuleTests;

public sealed class MemoryOrderRuleTests
{
    private const string Path = "src/Forebay/Handles/Word.cs";

    [Theory]
    [InlineData("// orders the result before the state, so that a waiter sees both\nVolatile.Write(ref _a, 1);")]
    [InlineData("Volatile.Write(ref _a, 1);   // orders the result before the state")]
    [InlineData("// full fence: the count before the state\nInterlocked.MemoryBarrier();\nint x = Volatile.Read(ref "
        + "_a);")]
    [InlineData("// orders x before y\nwhile (Volatile.Read(ref _a) == 0)\n{\nspin();\n}")]
    [InlineData("// orders x before y\nreturn f(\n1,\n2,\n3,\nInterlocked.Add(ref _a, 1));")]
    [InlineData("if (x)\n{\n// orders x before y\nInterlocked.Increment(ref _a);\n}")]
    [InlineData("switch (x)\n{\ncase 1:\n// orders x before y\nThread.MemoryBarrier();\nbreak;\n}")]
    public void Check_CommentAtTheCall_Passes(string body) =>
        RuleCheck.Passes(new MemoryOrderRule(), (Path, $"class Word\n{{\nint _a;\nint M()\n{{\n{body}\n}}\n}}"));

    [Theory]
    [InlineData("class Word { int _a;\n// orders the state before the result\nint A => Volatile.Read(ref _a); }")]
    [InlineData("class Word { int _a;\nint A => Volatile.Read(ref _a);   // orders the state before the result\n}")]
    public void Check_CommentAtExpressionBody_Passes(string source) =>
        RuleCheck.Passes(new MemoryOrderRule(), (Path, source));

    [Fact]
    public void Check_OutsideTheCore_Passes() => RuleCheck.Passes(new MemoryOrderRule(),
        ("tests/Forebay.Tests/T.cs", "class T { int _a; int M() => Volatile.Read(ref _a); }"));

    [Theory]
    [InlineData(6, "Volatile.Write(ref _a, 1);")]
    [InlineData(6, "System.Threading.Interlocked.Increment(ref _a);")]
    [InlineData(6, "Interlocked.MemoryBarrier();")]
    [InlineData(10, "// too far up\nf();\nf();\nf();\nVolatile.Write(ref _a, 1);")]
    [InlineData(9, "// of the condition\nif (x)\n{\nVolatile.Write(ref _a, 1);\n}")]
    [InlineData(6, "Volatile.Write(ref _a, 1);\n// of what follows")]
    public void Check_CommentMissingOrElsewhere_Fails(int line, string body) =>
        RuleCheck.Fails(new MemoryOrderRule(), line,
        "say what it orders", (Path, $"class Word\n{{\nint _a;\nvoid M()\n{{\n{body}\n}}\n}}"));

    [Theory]
    [InlineData(3, "class Word { int _a;\n/// <summary>A sentence for users.</summary>\nint A => Volatile.Read(ref "
        + "_a); }")]
    [InlineData(3, "class Word {\n// of the field\nint _a; int A => Volatile.Read(ref _a); }")]
    public void Check_ExpressionBodyWithoutComment_Fails(int line, string source) =>
        RuleCheck.Fails(new MemoryOrderRule(), line, "say what it orders", (Path, source));
}
