using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Primitives;
using Shared;

namespace Forebay.Tests.Engine;

/// <summary>
/// Hooks that break their contract: an exception, a missing status, I/O in the middle of somebody's wait.
/// </summary>
public sealed class HookTests
{
    private const byte Outer = 40;
    private const byte Middle = 41;
    private const byte Inner = 42;
    private const IoCallbackHooks AllHooks =
        IoCallbackHooks.Stage | IoCallbackHooks.CompleteShared | IoCallbackHooks.CompleteLocal;

    [Theory]
    [InlineData(Outer, "shared inner -125|shared middle -125|local inner|local middle")]
    [InlineData(Middle, "shared inner -125|local inner")]
    [InlineData(Inner, "")]
    public void Start_AStageHookThrows_TellsThoseThatHaveStagedAndLosesNothing(byte thrower, string told)
    {
        List<string> log = [];
        (byte Id, IoCallback)[] callbacks =
        [
            (Outer, Logging(log, "outer", thrower == Outer)),
            (Middle, Logging(log, "middle", thrower == Middle)),
            (Inner, Logging(log, "inner", thrower == Inner)),
        ];
        using TestEngine engine = new(callbacks: callbacks);
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        IoReturn outcome = new();
        int handle = TestEngine.Describe(session, outcome, [0], [Outer, Middle, Inner]);
        IoWaitReference reference = session.Reference(handle);
        Task<bool> waiter = other.WaitAsync(reference).AsTask();

        Exception thrown = Assert.Throws<TimeZoneNotFoundException>(
            () => session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(), 0, TestEngine.FrameBytes));

        Assert.Equal("staging", thrown.Message);
        Assert.Equal(told, string.Join('|', log));
        Background.Join(waiter);
        Assert.True(session.IsDone(reference));
        Assert.False(outcome.IsFilled);
        Assert.Equal(0, session.InFlight);
        Assert.Equal(0, engine.Target.Leased);

        // The same handle and the same outcome object serve the next operation.
        IoWaitReference next = engine.StartRead(session, 3, 3, outcome);
        Assert.Equal(handle, next.Index);
        session.Wait(next);
        Assert.Equal(IoStatus.Ok, outcome.Result.Status);
    }

    [Fact]
    public void Start_AStageHookThrowsInABatch_LeavesTheRestOfTheBatchAlone()
    {
        List<string> log = [];
        using TestEngine engine = new(
            static (services, _) => new HeldMethod(services),
            callbacks: [(Inner, Logging(log, "inner", throws: true))]);
        using IoSession session = engine.OpenSession();
        session.EnterBatch();
        IoWaitReference first = engine.StartRead(session, 1, 1);
        int handle = TestEngine.Describe(session, null, [0], [Inner]);

        Assert.Throws<TimeZoneNotFoundException>(
            () => session.Start(handle, IoOperation.ReadVector, engine.Target.Lease(), 0, TestEngine.FrameBytes));

        Assert.Equal(1, session.Staged);
        Assert.Equal(IoHandleState.Staged, engine.StateOf(first.Index));
        session.ExitBatch();
        session.Wait(first);
        Assert.True(engine.Holds(1, 1));
    }

    [Fact]
    public void Complete_ASharedHookThrows_EndsTheProcessWithItsName()
    {
        ScriptedCallback callback = new("culprit", AllHooks)
        {
            OnShared = static (in _, _, _) => throw new TimeZoneNotFoundException("completing"),
        };
        using Broken broken = new(callback);

        broken.StartAndExpect("I-13: the I/O callback 'culprit' threw in CompleteShared: "
            + "System.TimeZoneNotFoundException: completing");
    }

    [Fact]
    public void Reclaim_ALocalHookThrows_EndsTheProcessWithItsName()
    {
        ScriptedCallback callback = new("culprit", AllHooks)
        {
            OnLocal = static (in _, _, _) => throw new TimeZoneNotFoundException("reclaiming"),
        };
        using Broken broken = new(callback);

        broken.StartAndExpect("I-13: the I/O callback 'culprit' threw in CompleteLocal: "
            + "System.TimeZoneNotFoundException: reclaiming");
    }

    [Fact]
    public void Complete_TheTargetThrowsInRelease_EndsTheProcessWithItsName()
    {
        using Broken broken = new(new ScriptedCallback("fine", AllHooks));
        broken.Engine.Target.OnRelease = static () => throw new TimeZoneNotFoundException("releasing");

        broken.StartAndExpect("I-13: the I/O target 'test file' threw in Release: "
            + "System.TimeZoneNotFoundException: releasing");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Complete_AHookReturnsUnknown_EndsTheProcessWithItsName(bool shared)
    {
        ScriptedCallback callback = new("vague", AllHooks)
        {
            OnShared = shared ? static (in _, _, _) => default : null,
            OnLocal = static (in _, _, _) => default,
        };
        using Broken broken = new(callback);

        broken.StartAndExpect("I-14: the I/O callback 'vague' completed with status Unknown");
    }

    [Theory]
    [InlineData("acquire")]
    [InlineData("try acquire")]
    [InlineData("submit")]
    [InlineData("wait")]
    [InlineData("poll")]
    [InlineData("reclaim")]
    [InlineData("engine wait")]
    [InlineData("await")]
    [InlineData("end")]
    public void Hook_ThatIssuesIoOrWaits_EndsTheProcessWithItsName(string move)
    {
        foreach (IoCallbackHooks hook in (IoCallbackHooks[])
            [IoCallbackHooks.Stage, IoCallbackHooks.CompleteShared, IoCallbackHooks.CompleteLocal])
        {
            IoSession? other = null;
            IoEngine? engine = null;
            void Move(int handle)
            {
                IoWaitReference reference = IoWaitReference.To(handle, 0);
                switch (move)
                {
                    case "acquire":
                        other!.Acquire(null);
                        break;
                    case "try acquire":
                        other!.TryAcquire(null, out _);
                        break;
                    case "submit":
                        other!.SubmitStaged();
                        break;
                    case "wait":
                        other!.Wait(reference);
                        break;
                    case "poll":
                        other!.IsDone(reference);
                        break;
                    case "reclaim":
                        other!.ReclaimCompleted();
                        break;
                    case "engine wait":
                        engine!.Wait(reference);
                        break;
                    case "await":
                        _ = other!.WaitAsync(reference).AsTask();
                        break;
                    default:
                        other!.EndWork();
                        break;
                }
            }

            ScriptedCallback callback = new("busy", AllHooks);
            if (hook == IoCallbackHooks.Stage)
                callback.OnStage = (in handle, _) => Move(handle.Index);
            if (hook == IoCallbackHooks.CompleteShared)
                callback.OnShared = (in handle, result, _) => Moved(handle.Index, result);
            if (hook == IoCallbackHooks.CompleteLocal)
                callback.OnLocal = (in handle, result, _) => Moved(handle.Index, result);
            using Broken broken = new(callback);
            engine = broken.Engine.Engine;
            other = broken.Other;

            broken.StartAndExpect("I-12: a hook of the I/O callback 'busy' issues I/O or waits");

            IoResult Moved(int handle, IoResult result)
            {
                Move(handle);
                return result;
            }
        }
    }

    [Fact]
    public void Submit_TheMethodThrows_EndsTheProcessWithItsName()
    {
        using Broken broken = new(
            new ScriptedCallback("fine", AllHooks), static (services, _) => new HeldMethod(services));
        broken.Engine.Held.OnSubmit = static () => throw new TimeZoneNotFoundException("submitting");

        broken.StartAndExpect("I-15: the I/O method 'held' did not take its operations: "
            + "System.TimeZoneNotFoundException: submitting");
    }

    private static ScriptedCallback Logging(List<string> log, string name, bool throws) => new(name, AllHooks)
    {
        OnStage = (in _, _) =>
        {
            if (throws)
                throw new TimeZoneNotFoundException("staging");
        },
        OnShared = (in _, result, _) =>
        {
            log.Add($"shared {name} {result.Value}");
            return result;
        },
        OnLocal = (in _, result, _) =>
        {
            log.Add($"local {name}");
            return result;
        },
    };

    /// <summary>
    /// An engine that ends in a state in which the real process would not live on: it is left to the collector, only
    /// its file and memory are given back.
    /// </summary>
    private sealed class Broken : IDisposable
    {
        private readonly IoSession _session;

        public Broken(
            IoCallback callback,
            Func<MethodServices, SharedSegment, IIoMethod>? method = null)
        {
            Engine = new TestEngine(method, callbacks: [(Outer, callback)]);
            _session = Engine.OpenSession();
            Other = Engine.OpenSession();
        }

        public TestEngine Engine { get; }

        public IoSession Other { get; }

        public void StartAndExpect(string message)
        {
            int handle = TestEngine.Describe(_session, null, [0], [Outer]);
            IoWaitReference reference = _session.Reference(handle);
            using Invariant.TestScope scope = Invariant.ThrowOnThisThread();
            InvariantException broken = Assert.Throws<InvariantException>(() =>
            {
                _session.Start(handle, IoOperation.ReadVector, Engine.Target.Lease(), 0, TestEngine.FrameBytes);
                _session.Wait(reference);
            });
            Assert.StartsWith(message, broken.Message);
        }

        public void Dispose() => Engine.Abandon();
    }
}
