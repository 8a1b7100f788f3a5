using Forebay.Engine;
using Forebay.Handles;
using Forebay.Primitives;
using Shared;

namespace Forebay.Tests.Engine;

/// <summary>Each way of holding a session wrongly has its message, and leaves the session usable.</summary>
public sealed class MisuseTests : IDisposable
{
    private readonly TestEngine _engine = new(static (services, _) => new HeldMethod(services), concurrency: 40);
    private readonly IoSession _session;

    public MisuseTests() => _session = _engine.OpenSession();

    [Fact]
    public void Acquire_OneHandedOut_IsRefused()
    {
        int handle = _session.Acquire(null);

        Refused("Only one I/O handle can be handed out at a time.", () => _session.Acquire(null));
        Refused("Only one I/O handle can be handed out at a time.", () => _session.TryAcquire(null, out _));

        _session.Release(handle);
        _session.Release(_session.Acquire(null));
    }

    [Fact]
    public void Release_Twice_IsRefused()
    {
        int handle = _session.Acquire(null);
        _session.Release(handle);

        Refused("I/O handle 0 is not handed out to this session.", () => _session.Release(handle));
        Refused("I/O handle -1 is not handed out to this session.", () => _session.Release(-1));
    }

    [Fact]
    public void Release_StartedOrAnothersHandle_IsRefused()
    {
        using IoSession other = _engine.OpenSession();
        IoWaitReference started = _engine.StartRead(_session, 0, 0);
        int handle = _session.Acquire(null);

        Refused("I/O handle 0 is not handed out to this session.", () => _session.Release(started.Index));
        Refused("I/O handle 1 is not handed out to this session.", () => other.Release(handle));

        _session.Release(handle);
    }

    [Fact]
    public void Start_NotFullyDescribed_IsRefusedAndTheHandleStaysHandedOut()
    {
        int handle = _session.Acquire(null);
        FileLease lease = _engine.Target.Lease();

        Refused("I/O handle 0 was started without frames.", () => Start(lease));
        _session.SetFrames(handle, 0, [1]);
        Refused("I/O handle 0 was started without a target.", () => Start(lease));
        _session.SetTarget(handle, TestTarget.Id, default);
        Invalid("I/O handle 0 was started without a file.", () => Start(FileLease.None));
        Invalid("offset", () => Start(lease, offset: -1));
        Invalid("A transfer has 1 to 4096 bytes, the size of its frames.", () => Start(lease, length: 0));
        Invalid("A transfer has 1 to 4096 bytes, the size of its frames.", () => Start(lease, length: -5));
        Invalid("A transfer has 1 to 4096 bytes, the size of its frames.", () => Start(lease, length: 4097));
        Invalid("rawResult", () => _session.StartFailed(handle, IoOperation.ReadVector, 0, 1, 0));

        Assert.Equal(IoHandleState.HandedOut, _engine.StateOf(handle));
        IoWaitReference reference = _session.Reference(handle);
        Start(lease);
        _session.Wait(reference);
        Refused("I/O handle 0 is not handed out to this session.", () => Start(lease));

        void Start(FileLease file, long offset = 0, int length = 4096) =>
            _session.Start(handle, IoOperation.ReadVector, file, offset, length);
    }

    [Fact]
    public void Start_OperationNone_EndsTheProcess()
    {
        int handle = TestEngine.Describe(_session, null, [0], []);
        FileLease lease = _engine.Target.Lease();
        using (Invariant.ThrowOnThisThread())
        {
            Assert.Equal("I-06: an undefined operation was started", Assert.Throws<InvariantException>(
                () => _session.Start(handle, IoOperation.None, lease, 0, 0)).Message);
        }

        _session.Release(handle);
        _engine.Target.Release(lease);
    }

    [Fact]
    public void Describe_HandleNotHandedOut_IsRefused()
    {
        const string Message = "I/O handle 3 is not handed out to this session.";

        Refused(Message, () => _session.AddFlags(3, IoHandleFlags.Buffered));
        Refused(Message, () => _session.SetTarget(3, TestTarget.Id, default));
        Refused(Message, () => _session.SetFrames(3, 0, [0]));
        Refused(Message, () => _session.SetData(3, [1L]));
        Refused(Message, () => _session.SetData(3, [1]));
        Refused(Message, () => _session.AddCallback(3, TransferCallback.Id));
        Refused(Message, () => _session.Start(3, IoOperation.ReadVector, new FileLease(0, 0), 0, 1));
        Refused(Message, () => _session.StartFailed(3, IoOperation.ReadVector, 0, 1, -5));
        Refused("I/O handle 3 is not in use by this session.", () => _session.Reference(3));
    }

    [Fact]
    public void Describe_TwiceOrTooMuch_IsRefused()
    {
        int handle = TestEngine.Describe(_session, null, [0], [TransferCallback.Id]);

        Refused("I/O handle 0 has its target already.", () => _session.SetTarget(handle, TestTarget.Id, default));
        Refused("I/O handle 0 has its frames already.", () => _session.SetFrames(handle, 0, [1]));
        Invalid("A handle takes 1 to 8 data words, not 0.", () => _session.SetData(handle, ReadOnlySpan<long>.Empty));
        Invalid("A handle takes 1 to 8 data words, not 9.", () => _session.SetData(handle, new int[9]));
        _session.SetData(handle, [1, 2]);
        Refused("I/O handle 0 has its data already.", () => _session.SetData(handle, [1L]));
        _session.AddCallback(handle, TransferCallback.Id);
        _session.AddCallback(handle, TransferCallback.Id);
        _session.AddCallback(handle, TransferCallback.Id);
        Refused("An I/O handle takes at most 4 callbacks.", () => _session.AddCallback(handle, TransferCallback.Id));

        _session.Release(handle);
        handle = _session.Acquire(null);
        Invalid("An operation takes 1 to 8 frames, not 0.", () => _session.SetFrames(handle, 0, []));
        Invalid("An operation takes 1 to 8 frames, not 9.", () => _session.SetFrames(handle, 0, new int[9]));
        _session.Release(handle);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(255)]
    public void SetTarget_UnknownId_SaysSo(byte id)
    {
        int handle = _session.Acquire(null);

        Invalid($"No I/O target is registered under id {id}.", () => _session.SetTarget(handle, id, default));

        _session.SetTarget(handle, TestTarget.Id, default);
        _session.Release(handle);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(64)]
    [InlineData(255)]
    public void AddCallback_UnknownId_SaysSo(byte id)
    {
        int handle = _session.Acquire(null);

        Invalid($"No I/O callback is registered under id {id}.", () => _session.AddCallback(handle, id));

        _session.Release(handle);
    }

    [Fact]
    public void SetFrames_FrameOutsideItsArena_EndsTheProcess()
    {
        int handle = _session.Acquire(null);
        using (Invariant.ThrowOnThisThread())
        {
            Assert.StartsWith("I-02: a frame number lies outside its arena", Assert.Throws<InvariantException>(
                () => _session.SetFrames(handle, 0, [0, 256])).Message);
            Assert.StartsWith("I-02: a frame number lies outside its arena", Assert.Throws<InvariantException>(
                () => _session.SetFrames(handle, 7, [0])).Message);
        }

        _session.Release(handle);
    }

    [Fact]
    public void Batch_NestedOrNotOpen_IsRefused()
    {
        Refused("The session is not in a batch.", _session.ExitBatch);
        _session.EnterBatch();
        Refused("The session is in a batch already; batches do not nest.", _session.EnterBatch);
        _session.ExitBatch();
        Refused("The session is not in a batch.", _session.ExitBatch);
    }

    [Fact]
    public void Wait_OwnOperationNotStarted_IsRefusedInBothForms()
    {
        const string Message = "A session cannot wait for an operation that it has not started.";
        int handle = _session.Acquire(null);
        IoWaitReference reference = _session.Reference(handle);

        Refused(Message, () => _session.Wait(reference));
        Refused(Message, () => { _ = _session.WaitAsync(reference).AsTask(); });
        Assert.False(_session.IsDone(reference));

        _session.Release(handle);
        Assert.False(_session.Wait(reference));
    }

    [Fact]
    public void Wait_ReferenceMadeUpForTheFuture_IsRefused()
    {
        using IoSession other = _engine.OpenSession();
        IoWaitReference future = IoWaitReference.To(0, 0);
        const string Message = "The wait reference names a use of I/O handle 0 not yet begun.";

        Refused(Message, () => other.Wait(future));
        Refused(Message, () => _engine.Engine.Wait(future));
        Refused(Message, () => other.WaitAsync(future).AsTask().GetAwaiter().GetResult());
        Assert.False(other.Wait(future with { Generation = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => other.Wait(future with { Handle = 100_000 }));
    }

    [Fact]
    public void Reference_OfAnyHandleByItsIndex_IsNoneWhileItIsIdle()
    {
        Assert.False(_engine.Engine.Reference(0).IsValid);
        int handle = _session.Acquire(null);

        Assert.Equal(_session.Reference(handle), _engine.Engine.Reference(handle));

        _session.Release(handle);
        Assert.False(_engine.Engine.Reference(0).IsValid);
        Assert.False(_session.Wait(_engine.Engine.Reference(0)));
    }

    [Fact]
    public void Acquire_OutcomeObjectStillInUse_IsRefused()
    {
        IoReturn outcome = new();
        using HeldMethod.OpenScope open = _engine.Held.OpenAtEnd();
        IoWaitReference reference = _engine.StartRead(_session, 0, 0, outcome);

        Refused("An I/O return takes the outcome of one operation at a time.", () => _session.Acquire(outcome));

        _session.Wait(reference);
        Assert.Equal(IoStatus.Ok, outcome.Result.Status);
        int handle = _session.Acquire(outcome);
        Assert.False(outcome.IsFilled);
        _session.Release(handle);
        _session.Release(_session.Acquire(outcome));
    }

    [Fact]
    public void Session_UsedByTwoThreadsAtOnce_IsRefused()
    {
        const string Message = "A session belongs to one flow at a time: another thread is inside it, "
            + "or one of its waits is not awaited yet.";
        using IoSession other = _engine.OpenSession();
        int handle = other.Acquire(null);
        IoWaitReference reference = other.Reference(handle);
        Task waiter = Background.Run(() => { _session.Wait(reference); });
        _engine.UntilWaiting(handle, 1);

        Refused(Message, () => _session.Acquire(null));
        Refused(Message, () => _session.IsDone(default));
        Refused(Message, _session.SubmitStaged);
        Refused(Message, _session.Dispose);

        other.Release(handle);
        Background.Join(waiter);
        _session.Release(_session.Acquire(null));
    }

    [Fact]
    public void Session_UsedWhileItsWaitIsNotAwaited_IsRefused()
    {
        using IoSession other = _engine.OpenSession();
        int handle = other.Acquire(null);
        ValueTask<bool> wait = _session.WaitAsync(other.Reference(handle));
        _engine.UntilWaiting(handle, 1);

        Refused("A session belongs to one flow at a time: another thread is inside it, "
            + "or one of its waits is not awaited yet.", () => _session.Acquire(null));

        other.Release(handle);
        Assert.True(Background.Join(wait.AsTask()));
        _session.Release(_session.Acquire(null));
    }

    [Fact]
    public void Session_Disposed_RefusesEverythingEvenForItsSlotsNextOwner()
    {
        IoSession old = _engine.OpenSession();
        old.Dispose();
        old.Dispose();
        using IoSession next = _engine.OpenSession();
        Assert.Equal(old.Slot, next.Slot);
        IoReturn outcome = new();
        IoWaitReference reference = _engine.StartRead(next, 1, 1, outcome);
        _engine.Engine.Wait(reference);

        Assert.Throws<ObjectDisposedException>(() => old.Acquire(null));
        Assert.Throws<ObjectDisposedException>(() => old.IsDone(reference));
        Assert.Throws<ObjectDisposedException>(() => old.Wait(reference));
        Assert.Throws<ObjectDisposedException>(() => { _ = old.WaitAsync(reference).AsTask(); });
        Assert.Throws<ObjectDisposedException>(() => old.ReclaimCompleted());
        Assert.Throws<ObjectDisposedException>(old.WaitForAll);
        Assert.Throws<ObjectDisposedException>(old.EnterBatch);
        Assert.Throws<ObjectDisposedException>(() => old.EndWork());

        Assert.Equal(IoHandleState.CompletedShared, _engine.StateOf(reference.Index));
        Assert.False(next.Wait(reference));
        Assert.Equal(IoStatus.Ok, outcome.Result.Status);
    }

    [Fact]
    public void OpenSession_AllSlotsInUse_NamesTheSetting()
    {
        IoSession[] others = [_engine.OpenSession(), _engine.OpenSession(), _engine.OpenSession()];

        Refused("All 4 session slots are in use (setting max_sessions).", () => _engine.OpenSession());

        others[1].Dispose();
        others[1] = _engine.OpenSession();
        foreach (IoSession other in others)
            other.Dispose();
    }

    [Fact]
    public void Dispose_SessionsOpen_EndsTheProcess()
    {
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        Assert.Equal("I-09: the engine was disposed before its sessions",
            Assert.Throws<InvariantException>(_engine.Engine.Dispose).Message);
    }

    [Fact]
    public void CloseSlot_Twice_EndsTheProcess()
    {
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        Assert.Equal("I-08: a session slot was closed twice",
            Assert.Throws<InvariantException>(() => _engine.Engine.CloseSlot(3)).Message);
    }

    [Fact]
    public void OpenSession_SlotWithAHandleInUse_EndsTheProcess()
    {
        _engine.Engine.Handles[40].Transition(IoHandleState.Idle, IoHandleState.HandedOut);
        using (Invariant.ThrowOnThisThread())
        {
            Assert.Equal("I-10: a new session found a handle in use",
                Assert.Throws<InvariantException>(() => _engine.OpenSession()).Message);
        }

        _engine.Engine.Handles[40].Transition(IoHandleState.HandedOut, IoHandleState.Idle);
        _engine.Engine.CloseSlot(1);
    }

    public void Dispose()
    {
        _session.Dispose();
        _engine.Dispose();
    }

    private static void Refused(string message, Action move) =>
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(move).Message);

    private static void Invalid(string message, Action move) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(move).Message);
}
