using Forebay.Tidy.Layers;

namespace Forebay.Tidy.RuleTests;

public sealed class LayerRuleTests
{
    private static readonly (string, string) s_handle =
        ("src/Forebay/Handles/Handle.cs",
            "namespace Forebay.Handles; class Handle { public int Id; public static Handle Make() => null!; }");

    private static readonly (string, string) s_pool =
        ("src/Forebay/Buffers/Pool.cs",
            "namespace Forebay.Buffers; class Pool { public int Size; public static Pool One = new(); }");

    private static readonly (string, string) s_flusher =
        ("src/Forebay/Buffers/ILogFlusher.cs", "namespace Forebay.Buffers; interface ILogFlusher { void Flush(); }");

    private static readonly (string, string) s_callback =
        ("src/Forebay/Callbacks/Hook.cs", "namespace Forebay.Callbacks; class Hook { }");

    private static readonly (string, string) s_root =
        ("src/Forebay/Instance.cs", "namespace Forebay; class Instance { }");

    [Fact]
    public void Check_UpperUsesLower_Passes() => RuleCheck.Passes(new LayerRule(), s_handle, s_pool,
        ("src/Forebay/Streams/S.cs",
            "using Forebay.Buffers; using Forebay.Handles; namespace Forebay.Streams; class S { Pool? p; Handle? h; "
                + "}"));

    [Fact]
    public void Check_UsingDirectiveOfUpper_Fails() =>
        RuleCheck.Fails(new LayerRule(), 1, "Handles may not use Forebay.Buffers",
        s_pool, ("src/Forebay/Handles/H.cs", "using Forebay.Buffers;\nnamespace Forebay.Handles; class H { }"));

    [Fact]
    public void Check_QualifiedNameOfUpper_Fails() =>
        RuleCheck.Fails(new LayerRule(), 2, "Handles may not use Forebay.Buffers.Pool",
        s_pool, ("src/Forebay/Handles/H.cs", "namespace Forebay.Handles;\nclass H { Forebay.Buffers.Pool? _pool; }"));

    [Fact]
    public void Check_RelativeQualifiedName_Fails() =>
        RuleCheck.Fails(new LayerRule(), 2, "Handles may not use Forebay.Buffers.Pool",
        s_pool, ("src/Forebay/Handles/H.cs", "namespace Forebay.Handles;\nclass H { Buffers.Pool? _pool; }"));

    [Fact]
    public void Check_AliasOfUpper_FailsWhereItIsDeclaredAndUsed()
    {
        var tree = new Source.SourceTree([s_pool,
            ("src/Forebay/Handles/H.cs",
                "using P = Forebay.Buffers.Pool;\nnamespace Forebay.Handles;\nclass H { P? _pool; }")]);

        Assert.Equal([1, 3], new LayerRule().Check(tree).Select(violation => violation.Line));
    }

    [Fact]
    public void Check_MemberReachedWithoutNamingItsType_Fails() =>
        RuleCheck.Fails(new LayerRule(), 3, "Callbacks may not use Forebay.Memory.Word",
        ("src/Forebay/Memory/Word.cs", "namespace Forebay.Memory; class Word { public int Bits; }"),
        ("src/Forebay/Handles/Handle.cs",
            "using Forebay.Memory; namespace Forebay.Handles; class Handle { public Word Word = new(); }"),
        ("src/Forebay/Callbacks/C.cs",
            "using Forebay.Handles;\nnamespace Forebay.Callbacks;\nclass C { int M(Handle h) => h.Word.Bits; }"));

    [Fact]
    public void Check_MethodUsesCallbacks_Fails() =>
        RuleCheck.Fails(new LayerRule(), 1, "Methods may not use Forebay.Callbacks",
        s_callback, ("src/Forebay/Methods/M.cs", "using Forebay.Callbacks;\nnamespace Forebay.Methods; class M { }"));

    [Fact]
    public void Check_OneMethodUsesAnother_Fails() =>
        RuleCheck.Fails(new LayerRule(), 2, "methods do not see each other",
        ("src/Forebay/Methods/Worker/W.cs", "namespace Forebay.Methods.Worker; class W { }"),
        ("src/Forebay/Methods/IoUring/U.cs", "namespace Forebay.Methods.IoUring;\nclass U { Worker.W? _other; }"));

    [Fact]
    public void Check_MethodUsesWhatMethodsHoldAndTheReverse_Passes() => RuleCheck.Passes(new LayerRule(),
        ("src/Forebay/Methods/Chooser.cs", "namespace Forebay.Methods; class Chooser { IoUring.U? _u; }"),
        ("src/Forebay/Methods/IoUring/U.cs", "namespace Forebay.Methods.IoUring; class U { Chooser? _chooser; }"));

    [Fact]
    public void Check_WalUsesLogFlusher_Passes() => RuleCheck.Passes(new LayerRule(), s_flusher,
        ("src/Forebay/Wal/W.cs",
            "namespace Forebay.Wal; class W : Forebay.Buffers.ILogFlusher { public void Flush() { } }"));

    [Fact]
    public void Check_WalUsesAnotherTypeOfBuffers_Fails() =>
        RuleCheck.Fails(new LayerRule(), 2, "Wal may not use Forebay.Buffers.Pool",
        s_pool, ("src/Forebay/Wal/W.cs", "namespace Forebay.Wal;\nclass W { Forebay.Buffers.Pool? _pool; }"));

    [Fact]
    public void Check_LowerUsesRoot_Fails() =>
        RuleCheck.Fails(new LayerRule(), 2, "Engine may not use Forebay.Instance",
        s_root, ("src/Forebay/Engine/E.cs", "namespace Forebay.Engine;\nclass E { Instance? _instance; }"));

    [Fact]
    public void Check_RecoveryUsesDiagnostics_Fails() =>
        RuleCheck.Fails(new LayerRule(), 2, "Recovery may not use Forebay.Diagnostics.View",
        ("src/Forebay/Diagnostics/View.cs", "namespace Forebay.Diagnostics; class View { }"),
        ("src/Forebay/Recovery/R.cs", "namespace Forebay.Recovery;\nclass R { Diagnostics.View? _view; }"));

    [Fact]
    public void Check_RootUsesDiagnostics_Passes() => RuleCheck.Passes(new LayerRule(),
        ("src/Forebay/Diagnostics/View.cs", "namespace Forebay.Diagnostics; class View { }"),
        ("src/Forebay/Instance.cs", "using Forebay.Diagnostics; namespace Forebay; class Instance { View? _view; }"));

    [Fact]
    public void Check_FolderWithoutRow_Fails() =>
        RuleCheck.Fails(new LayerRule(), 1, "Helpers/ is no row of the layer table",
        ("src/Forebay/Helpers/H.cs", "namespace Forebay.Helpers; class H { }"));

    [Fact]
    public void Check_ProjectWideUsing_Fails() => RuleCheck.Fails(new ProjectReferenceRule(), 2, "project-wide using",
        ("src/Forebay/Forebay.csproj", "<Project>\n<Using Include=\"Forebay.Engine\" />\n</Project>"));

    [Fact]
    public void Check_GlobalUsing_Fails() => RuleCheck.Fails(new ProjectReferenceRule(), 1, "global using",
        ("src/Forebay/Usings.cs", "global using Forebay.Engine;"));

    [Fact]
    public void Check_ProductSeesInternals_Fails() =>
        RuleCheck.Fails(new ProjectReferenceRule(), 1, "Forebay.Tool may not see internals",
        ("src/Forebay/Forebay.csproj", "<InternalsVisibleTo Include=\"Forebay.Tool\" />"));

    [Fact]
    public void Check_TestsSeeInternals_Passes() => RuleCheck.Passes(new ProjectReferenceRule(),
        ("src/Forebay/Forebay.csproj",
            "<InternalsVisibleTo Include=\"Forebay.Tests\" />\n<Using Include=\"System.Text\" />"));
}
