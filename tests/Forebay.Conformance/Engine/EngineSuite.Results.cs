using System.Collections.Concurrent;
using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Hooks, in their order; results, and who sees which.</summary>
public abstract partial class EngineSuite
{
    private const byte Outer = IoCallbackIds.FirstCustom + 1;
    private const byte Middle = IoCallbackIds.FirstCustom + 2;
    private const byte Inner = IoCallbackIds.FirstCustom + 3;
    private const IoCallbackHooks AllHooks = IoCallbackHooks.Stage | IoCallbackHooks.CompleteShared
        | IoCallbackHooks.CompleteLocal | IoCallbackHooks.Report;

    [Fact]
    public void Hooks_ThreeCallbacks_RunInnermostFirstEachTime()
    {
        ConcurrentQueue<string> log = new();
        using TestEngine engine = NewEngine(callbacks:
        [
            (Outer, Logging(log, "outer")), (Middle, Logging(log, "middle")), (Inner, Logging(log, "inner")),
        ]);
        using IoSession session = engine.OpenSession();
        int handle = TestEngine.Describe(session, null, [0], []);
        session.AddCallback(handle, Outer, 1);
        session.AddCallback(handle, Middle, 2);
        session.AddCallback(handle, Inner, 255);
        IoWaitReference reference = session.Reference(handle);

        session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(), 0, FrameBytes);
        session.Wait(reference);

        Assert.Equal(
        [
            "stage inner 255", "stage middle 2", "stage outer 1",
            "shared inner 255", "shared middle 2", "shared outer 1",
            "local inner 255", "local middle 2", "local outer 1",
        ], log);
    }

    [Fact]
    public void Hooks_NotDeclared_AreNeverCalled()
    {
        ConcurrentQueue<string> log = new();
        ScriptedCallback shared = Logging(log, "a", IoCallbackHooks.CompleteShared);
        ScriptedCallback local = Logging(log, "b", IoCallbackHooks.CompleteLocal);
        using TestEngine engine = NewEngine(callbacks: [(Outer, shared), (Inner, local)]);
        using IoSession session = engine.OpenSession();
        int handle = TestEngine.Describe(session, null, [0], [Outer, Inner]);
        IoWaitReference reference = session.Reference(handle);

        session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(), 0, FrameBytes);
        session.Wait(reference);

        Assert.Equal(["shared a 0", "local b 0"], log);
    }

    [Fact]
    public void Result_EachHookRewritesIt_SharedIsDistilledAndLocalIsTheIssuersAlone()
    {
        ScriptedCallback inner = new("inner", AllHooks)
        {
            OnShared = static (in _, result, _) => new IoResult(IoStatus.Warning, result.Value + 1, Inner, 10),
            OnLocal = static (in _, result, _) => new IoResult(result.Status, result.Value + 100, Inner, 1000),
        };
        ScriptedCallback outer = new("outer", AllHooks)
        {
            OnShared = static (in _, result, _) =>
                new IoResult(result.Status, result.Value + 2, Outer, result.Detail + 5),
            OnLocal = static (in _, result, _) =>
                new IoResult(result.Status, result.Value + 200, Outer, result.Detail + 7),
        };
        using TestEngine engine = NewEngine(callbacks: [(Outer, outer), (Inner, inner)]);
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int handle = TestEngine.Describe(session, outcome, [0], [Outer, Inner]);
        IoWaitReference reference = session.Reference(handle);

        session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(), 0, FrameBytes);
        engine.Engine.Wait(reference);

        // Others are through; the issuer has not looked yet.
        IoResult distilled = engine.Engine.Handles[handle].Distilled;
        Assert.Equal(new IoResult(IoStatus.Warning, FrameBytes + 3, Outer, 15), distilled);
        Assert.False(outcome.IsFilled);
        Assert.False(session.Wait(reference));
        Assert.Equal(new IoResult(IoStatus.Warning, FrameBytes + 303, Outer, 1007), outcome.Result);
    }

    [Fact]
    public void Report_ErrorOfAnOperationLongGone_NamesItsTargetAtTheIssuer()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int handle = session.Acquire(outcome);
        IoTargetData data = default;
        data[0] = 4711;
        session.SetTarget(handle, TestTarget.Id, data);
        session.SetFrames(handle, 0, [0]);
        session.AddCallback(handle, TransferCallback.Id);
        IoWaitReference reference = session.Reference(handle);
        session.StartFailed(handle, IoOperation.ReadVector, 0, FrameBytes, -2);
        session.Wait(reference);
        for (int i = 0; i < 20; i++)
            session.Wait(engine.StartRead(session, i, frame: 1));

        Exception report = engine.Engine.Callbacks.Report(outcome.Result, outcome.Target);

        Assert.Equal("errno 2 at tag 4711", Assert.IsType<IOException>(report).Message);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(-4)]
    [InlineData(-11)]
    [InlineData(-125)]
    public void StartFailed_AnyErrno_RunsTheHooksOnceAndAsksNoKernel(int rawResult)
    {
        ConcurrentQueue<string> log = new();
        using TestEngine engine = NewEngine(callbacks: [(Outer, Logging(log, "outer"))]);
        using IoSession session = engine.OpenSession();
        IoReturn outcome = new();
        int handle = TestEngine.Describe(session, outcome, [0], [Outer, TransferCallback.Id]);
        IoWaitReference reference = session.Reference(handle);

        session.StartFailed(handle, IoOperation.ReadVector, 0, FrameBytes, rawResult);
        session.Wait(reference);

        AssertError(outcome, (uint)-rawResult);
        Assert.Equal(["stage outer 0", "shared outer 0", "local outer 0"], log);
        Assert.Equal(1, engine.Transfers.Completed);
    }

    [Fact]
    public void Hooks_TheView_ShowsWhatWasDescribed()
    {
        List<string> seen = [];
        ScriptedCallback callback = new("viewer", IoCallbackHooks.CompleteShared)
        {
            OnShared = (in handle, result, _) =>
            {
                seen.Add($"{handle.Index} {handle.Reference} {handle.Owner} {handle.Operation} {handle.Flags} "
                    + $"{handle.Offset} {handle.Length} {handle.TargetId} {handle.Target[6]} {handle.Arena} "
                    + $"[{string.Join(' ', handle.Frames.ToArray())}] [{string.Join(' ', handle.Data.ToArray())}]");
                return result;
            },
        };
        using TestEngine engine = NewEngine(callbacks: [(Outer, callback)]);
        using IoSession session = engine.OpenSession();
        for (int round = 0; round < 2; round++)
        {
            int handle = session.Acquire(null);
            IoTargetData data = default;
            data[6] = 66;
            session.SetTarget(handle, TestTarget.Id, data);
            session.SetFrames(handle, 0, [4, 6]);
            if (round == 0)
                session.SetData(handle, [-1, int.MaxValue]);
            else
                session.SetData(handle, [long.MinValue]);
            session.AddCallback(handle, Outer);
            session.AddFlags(handle, IoHandleFlags.Buffered);
            IoWaitReference reference = session.Reference(handle);
            session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(), 2 * FrameBytes, 5000);
            session.Wait(reference);
        }

        Assert.Equal(
        [
            "0 IoWaitReference { Handle = 1, Generation = 0, IsValid = True } 0 ReadVector Buffered 8192 5000 8 66 0 "
                + "[4 6] [-1 2147483647]",
            "0 IoWaitReference { Handle = 1, Generation = 1, IsValid = True } 0 ReadVector Buffered 8192 5000 8 66 0 "
                + "[4 6] [-9223372036854775808]",
        ], seen);
    }

    private static ScriptedCallback Logging(
        ConcurrentQueue<string> log, string name, IoCallbackHooks hooks = AllHooks) => new(name, hooks)
    {
        OnStage = (in _, data) => log.Enqueue($"stage {name} {data}"),
        OnShared = (in _, result, data) =>
        {
            log.Enqueue($"shared {name} {data}");
            return result;
        },
        OnLocal = (in _, result, data) =>
        {
            log.Enqueue($"local {name} {data}");
            return result;
        },
    };
}
