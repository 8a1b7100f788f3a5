using System.Reflection;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Methods.Synchronous;
using Forebay.Primitives;
using Shared;

namespace Forebay.Tests.Engine;

/// <summary>Invariants that no caller can break: the tests reach inside to do it.</summary>
public sealed class EngineInvariantTests
{
    [Fact]
    public void Submit_UnderSync_EndsTheProcess()
    {
        using SynchronousMethod method = new();
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        Assert.Equal("I-07: sync was asked to submit, though it executes everything at once",
            Assert.Throws<InvariantException>(() => method.Submit([0], 0)).Message);
    }

    [Fact]
    public void Acquire_HandlesLost_EndsTheProcess()
    {
        using TestEngine engine = new(concurrency: 1);
        using IoSession session = engine.OpenSession();
        FieldInfo idle = typeof(IoSession).GetField("_idle", BindingFlags.NonPublic | BindingFlags.Instance)!;
        object kept = idle.GetValue(session)!;
        idle.SetValue(session, 0);
        using (Invariant.ThrowOnThisThread())
        {
            Assert.Equal("I-11: no handle is idle and none is in flight",
                Assert.Throws<InvariantException>(() => session.Acquire(null)).Message);
        }

        idle.SetValue(session, kept);
        Assert.Equal(IoHandleState.Idle, engine.StateOf(0));
    }
}
