using Forebay.Tidy.Rules;

namespace Forebay.Tidy.RuleTests;

public sealed class UnsafeRuleTests
{
    private const string Outside = "src/Forebay/Engine/E.cs";
    private const string Inside = "src/Forebay/Interop/Ring/R.cs";

    [Theory]
    [InlineData("class E { unsafe void M() { } }", "`unsafe`")]
    [InlineData("class E { void M(byte* p) { } }", "A pointer type")]
    [InlineData("class E { delegate*<int, void> f; }", "A function pointer")]
    [InlineData("class E { int M(int[] a) => Unsafe.As<int, int>(ref a[0]); }", "`Unsafe.As`")]
    [InlineData("class E { int M() => System.Runtime.CompilerServices.Unsafe.SizeOf<int>(); }", "`Unsafe.SizeOf`")]
    [InlineData("using static System.Runtime.CompilerServices.Unsafe; class E { }", "`Unsafe`")]
    [InlineData("class E { object M(ref int i) => MemoryMarshal.CreateSpan(ref i, 9); }", "`MemoryMarshal.CreateSpan`")]
    [InlineData("class E { int M(nint p) => Marshal.ReadInt32(p); }", "`Marshal.ReadInt32`")]
    public void Fence_DoorToRawMemoryOutside_Fails(string source, string door) =>
        RuleCheck.Fails(new UnsafeFenceRule(), 1, door, (Outside, source));

    [Fact]
    public void Fence_FixedOutside_Fails() =>
        Assert.Equal(2, new UnsafeFenceRule().Check(
            new Source.SourceTree([(Outside, "class E { void M(int[] a) { fixed (int* p = a) { } } }")])).Count());

    [Theory]
    [InlineData(Inside)]
    [InlineData("src/Forebay/Memory/M.cs")]
    [InlineData("tests/Forebay.Tests/Memory/T.cs")]
    [InlineData("bench/Forebay.Microbenchmarks/B.cs")]
    public void Fence_InsideOrTest_Passes(string path) =>
        RuleCheck.Passes(new UnsafeFenceRule(),
            (path, "class R { unsafe void M(byte* p) { fixed (byte* q = new byte[1]) Unsafe.Add(ref *q, 1); } }"));

    [Theory]
    [InlineData("src/Forebay.PostgreSql/Interop/P.cs")]
    [InlineData("src/Forebay/Engine/Memory/E.cs")]
    [InlineData("samples/First/Program.cs")]
    public void Fence_SameFolderNameElsewhere_Fails(string path) =>
        RuleCheck.Fails(new UnsafeFenceRule(), 1, "`unsafe`", (path, "unsafe class P { }"));

    [Fact]
    public void Fence_SafeStackallocAndMarshal_Passes() => RuleCheck.Passes(new UnsafeFenceRule(), (Outside,
        "class E { void M() { Span<byte> s = stackalloc byte[8]; int e = Marshal.GetLastPInvokeError(); var c = "
            + "MemoryMarshal.Cast<byte, int>(s); } }"));

    [Theory]
    [InlineData("class R\n{\n    // SAFETY: bounded by n.\n    unsafe void M() { }\n}")]
    [InlineData("class R\n{\n    unsafe void M()\n    {\n        // SAFETY: bounded by n.\n        int x;\n    }\n}")]
    [InlineData("class R\n{\n    void M()\n    {\n        unsafe\n        {\n            // SAFETY: bounded.\n        "
        + "    int* p;\n        }\n    }\n}")]
    [InlineData("class R\n{\n    void M()\n    {\n        // SAFETY: bounded.\n        unsafe { int* p; }\n    }\n}")]
    [InlineData("class R\n{\n    unsafe int M() // SAFETY: bounded.\n    {\n        return 1;\n    }\n}")]
    [InlineData("class R\n{\n    private readonly unsafe byte* _p;   // SAFETY: mapped until Dispose.\n}")]
    [InlineData("// SAFETY: the ring lives as long as its owner.\ninternal unsafe class R { int* _p; }")]
    [InlineData("class R\n{\n    // SAFETY: the caller owns p.\n    [Import]\n    private static unsafe partial int "
        + "Read(byte* p);\n}")]
    public void Safety_CommentBeforeOrFirst_Passes(string source) =>
        RuleCheck.Passes(new SafetyCommentRule(), (Inside, source));

    [Theory]
    [InlineData("static unsafe class R\n{\n    static int M(int[] a)\n    {\n        if (a.Length == 0)\n            "
        + "return 0;\n"
        + "        // SAFETY: not empty.\n        fixed (int* p = a)\n            return *p;\n    }\n}")]
    [InlineData("class R\n{\n    unsafe int M(nint p)\n    {\n        int x = 1;\n"
        + "        return *(int*)p; // SAFETY: the caller's.\n    }\n}")]
    public void Safety_CommentAtEachTouch_Passes(string source) =>
        RuleCheck.Passes(new SafetyCommentRule(), (Inside, source));

    [Theory]
    [InlineData("unsafe class R\n{\n    int M(nint p)\n    {\n        // SAFETY: the caller's.\n        return "
        + "*(int*)p;\n    }\n"
        + "    int N(nint p) => *(int*)p;\n}")]
    [InlineData("unsafe class R\n{\n    int _x;\n    // SAFETY: nothing is touched here.\n    int M() => 1;\n}")]
    public void Safety_OneTouchWithoutComment_Fails(string source) =>
        RuleCheck.Fails(new SafetyCommentRule(), 1, "SAFETY", (Inside, source));

    [Theory]
    [InlineData(3, "class R\n{\n    unsafe void M() { }\n}")]
    [InlineData(3, "class R\n{\n    unsafe void M()\n    {\n        int x;\n        // SAFETY: too late.\n        "
        + "int* p;\n    }\n}")]
    [InlineData(4, "class R\n{\n    // SAFETY: of the field below only.\n    int _x; unsafe void M() { }\n}")]
    [InlineData(3, "class R\n{\n    unsafe int M() => 1;\n    // SAFETY: of the next one.\n    int N() => 2;\n}")]
    [InlineData(5, "class R\n{\n    void M()\n    {\n        unsafe { int* p; }\n    }\n}")]
    public void Safety_CommentMissingOrElsewhere_Fails(int line, string source) =>
        RuleCheck.Fails(new SafetyCommentRule(), line, "SAFETY", (Inside, source));
}
