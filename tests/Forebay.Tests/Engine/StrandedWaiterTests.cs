using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Tests.Engine;

/// <summary>
/// PostgreSQL knows two windows in which a waiter is left behind. One: it finds an operation that its owner has staged
/// but not submitted, and sleeps for a completion that nobody will bring about, since the owner only promised to
/// submit and then never polls. Two: it finds something published before the operation was staged. Here the owner
/// never does anything after it has staged, and the method moves nothing by itself: only a waiter that submits and
/// helps with its own hands comes through.
/// </summary>
public sealed class StrandedWaiterTests : IDisposable
{
    private readonly TestEngine _engine = new(static (services, _) => new HeldMethod(services));
    private readonly IoSession _owner;
    private readonly IoSession _other;

    public StrandedWaiterTests()
    {
        _owner = _engine.OpenSession();
        _other = _engine.OpenSession();
    }

    [Fact]
    public void Wait_StagedByAnOwnerThatDoesNotSubmit_SubmitsAndHelpsItself()
    {
        _owner.EnterBatch();
        IoWaitReference reference = _engine.StartRead(_owner, block: 3, frame: 7);
        Assert.Equal(IoHandleState.Staged, _engine.StateOf(reference.Index));

        Background.Join(Background.Run(() => { _other.Wait(reference); }));

        Assert.Equal(IoHandleState.CompletedShared, _engine.StateOf(reference.Index));
        Assert.True(_engine.Holds(frame: 7, block: 3));
        Assert.Equal(1, _owner.Staged);
    }

    [Fact]
    public async Task WaitAsync_StagedByAnOwnerThatDoesNotSubmit_SubmitsItself()
    {
        _owner.EnterBatch();
        IoWaitReference reference = _engine.StartRead(_owner, block: 3, frame: 7);

        await _other.WaitAsync(reference, TestContext.Current.CancellationToken).AsTask().WaitAsync(Background.Limit,
            TestContext.Current.CancellationToken);

        Assert.Equal(IoHandleState.CompletedShared, _engine.StateOf(reference.Index));
        Assert.True(_engine.Holds(frame: 7, block: 3));
    }

    [Fact]
    public void Wait_PublishedBeforeItWasStaged_WakesAtStagingAndSubmitsItself()
    {
        _owner.EnterBatch();
        int handle = TestEngine.Describe(_owner, null, [7], [TransferCallback.Id]);
        IoWaitReference reference = _owner.Reference(handle);
        Task waiter = Background.Run(() => { _other.Wait(reference); });
        _engine.UntilWaiting(handle, 1);

        _owner.Start(handle, IoOperation.ReadVector, _engine.Target.Lease(), 0, TestEngine.FrameBytes);

        Background.Join(waiter);
        Assert.True(_engine.Holds(frame: 7, block: 0));
    }

    [Fact]
    public void WaitAsync_PublishedBeforeItWasStaged_WakesAtStagingAndSubmitsItself()
    {
        _owner.EnterBatch();
        int handle = TestEngine.Describe(_owner, null, [7], [TransferCallback.Id]);
        Task<bool> waiter = _other.WaitAsync(_owner.Reference(handle)).AsTask();
        _engine.UntilWaiting(handle, 1);
        Assert.False(waiter.IsCompleted);

        _owner.Start(handle, IoOperation.ReadVector, _engine.Target.Lease(), 0, TestEngine.FrameBytes);

        Background.Join(waiter);
        Assert.True(_engine.Holds(frame: 7, block: 0));
    }

    [Fact]
    public void Wait_PublishedAndThenReleasedUnused_Returns()
    {
        int handle = _owner.Acquire(null);
        IoWaitReference reference = _owner.Reference(handle);
        Task blocking = Background.Run(() => _engine.Engine.Wait(reference));
        Task<bool> awaiting = _other.WaitAsync(reference).AsTask();
        _engine.UntilWaiting(handle, 2);

        _owner.Release(handle);

        Background.Join(blocking);
        Background.Join(awaiting);
        Assert.Equal(0, _engine.Held.SubmitCalls);
    }

    [Fact]
    public void Wait_OwnerBetweenClaimAndSubmit_SleepsUntilTheMethodHasIt()
    {
        // The owner has claimed its operation and is held on the way into the method: no lane yet, nothing to help.
        using ManualResetEventSlim inside = new();
        using ManualResetEventSlim go = new();
        _engine.Held.OnSubmit = () =>
        {
            inside.Set();
            Assert.True(go.Wait(Background.Limit));
        };
        Task owner = Background.Run(() => { _engine.StartRead(_owner, block: 1, frame: 2); });
        Assert.True(inside.Wait(Background.Limit));
        int handle = 0;
        Assert.Equal(IoHandleState.Submitted, _engine.StateOf(handle));
        Task waiter = Background.Run(() => { _other.Wait(IoWaitReference.To(handle, 0)); });
        _engine.UntilWaiting(handle, 1);

        go.Set();

        Background.Join(owner);
        Background.Join(waiter);
        Assert.True(_engine.Holds(frame: 2, block: 1));
    }

    [Fact]
    public void Wait_ManyThreadsOnOneStagedOperation_OneSubmitsAndAllReturn()
    {
        const int Threads = 8;
        for (int round = 0; round < 200; round++)
        {
            _owner.EnterBatch();
            IoWaitReference reference = _engine.StartRead(_owner, round % TestEngine.FileFrames, frame: 7);
            Task[] waiters = [.. Enumerable.Range(0, Threads).Select(_ =>
                Background.Run(() => _engine.Engine.Wait(reference)))];

            Background.Join(Task.WhenAll(waiters));

            Assert.Equal(round + 1, _engine.Transfers.Completed);
            Assert.Equal(round + 1, _engine.Held.SubmitCalls);
            _owner.ExitBatch();
            Assert.True(_owner.IsDone(reference));
        }
    }

    [Fact]
    public void SubmitStaged_OneOfItsOperationsWasStolenAndReclaimedAndStagedAgain_EachRunsOnce()
    {
        _owner.EnterBatch();
        IoWaitReference stolen = _engine.StartRead(_owner, block: 1, frame: 1);
        IoWaitReference kept = _engine.StartRead(_owner, block: 2, frame: 2);
        _other.Wait(stolen);
        Assert.True(_owner.ReclaimCompleted());

        // The handle on top of the idle list is the stolen one: its old staging is still in the owner's batch.
        IoWaitReference again = _engine.StartRead(_owner, block: 3, frame: 3);
        Assert.Equal(stolen.Index, again.Index);
        Assert.NotEqual(stolen.Generation, again.Generation);
        _owner.ExitBatch();
        _owner.WaitForAll();

        Assert.Equal(3, _engine.Transfers.Completed);
        Assert.True(_engine.Holds(1, 1) && _engine.Holds(2, 2) && _engine.Holds(3, 3));
        Assert.True(_owner.IsDone(kept));
    }

    [Fact]
    public void SubmitStaged_TheStolenHandleIsHandedOutAgain_StaysUntouched()
    {
        _owner.EnterBatch();
        IoWaitReference stolen = _engine.StartRead(_owner, block: 1, frame: 1);
        _other.Wait(stolen);
        Assert.True(_owner.ReclaimCompleted());
        int handle = _owner.Acquire(null);
        Assert.Equal(stolen.Index, handle);

        _owner.SubmitStaged();

        Assert.Equal(IoHandleState.HandedOut, _engine.StateOf(handle));
        _owner.Release(handle);
    }

    [Fact]
    public void Dispose_AWaiterHoldsAStolenOperation_WaitsForIt()
    {
        using ManualResetEventSlim inside = new();
        using ManualResetEventSlim go = new();
        _owner.EnterBatch();
        IoWaitReference reference = _engine.StartRead(_owner, block: 1, frame: 2);
        _engine.Held.OnSubmit = () =>
        {
            inside.Set();
            Assert.True(go.Wait(Background.Limit));
        };
        Task thief = Background.Run(() => { _other.Wait(reference); });
        Assert.True(inside.Wait(Background.Limit));
        Task closing = Background.Run(_owner.Dispose);
        _engine.UntilWaiting(reference.Index, 1);
        Assert.False(closing.IsCompleted);

        go.Set();

        Background.Join(closing);
        Background.Join(thief);
        Assert.Equal(IoHandleState.Idle, _engine.StateOf(reference.Index));
    }

    [Fact]
    public void Start_SynchronousAndClaimedByAWaiter_RunsOnceAndTheIssuerSeesItOver()
    {
        for (int round = 0; round < 500; round++)
        {
            int handle = TestEngine.Describe(_owner, null, [4], [TransferCallback.Id]);
            _owner.AddFlags(handle, IoHandleFlags.Synchronous);
            IoWaitReference reference = _owner.Reference(handle);
            Task waiter = Background.Run(() => _engine.Engine.Wait(reference));
            if (round % 2 == 0)
                _engine.UntilWaiting(handle, 1);

            _owner.Start(handle, IoOperation.ReadVector, _engine.Target.Lease(), 0, TestEngine.FrameBytes);

            Assert.True(_owner.IsDone(reference));
            Background.Join(waiter);
            Assert.Equal(round + 1, _engine.Transfers.Completed);
            Assert.Equal(0, _engine.Held.SubmitCalls);
        }
    }

    [Fact]
    public void SubmitStaged_RacingWithThieves_EveryOperationRunsExactlyOnce()
    {
        const int Rounds = 2000;
        using CancellationTokenSource over = new();
        long[] published = new long[4];
        Task[] thieves = [.. Enumerable.Range(0, 2).Select(n => Background.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                foreach (ref long reference in published.AsSpan())
                {
                    long seen = Volatile.Read(ref reference);
                    if (seen != 0)
                        _engine.Engine.Wait(IoWaitReference.To((int)(seen & 0xFF) - 1, seen >> 8));
                }
            }
        }))];
        for (int round = 0; round < Rounds; round++)
        {
            _owner.EnterBatch();
            for (int i = 0; i < published.Length; i++)
            {
                IoWaitReference reference = _engine.StartRead(_owner, i, frame: i);
                Volatile.Write(ref published[i], (reference.Generation << 8) | (uint)(reference.Index + 1));
            }

            _owner.ExitBatch();
            _owner.WaitForAll();
        }

        over.Cancel();
        Background.Join(Task.WhenAll(thieves));
        Assert.Equal((long)Rounds * published.Length, _engine.Transfers.Completed);
        Assert.Equal(0, _owner.InFlight);
    }

    public void Dispose()
    {
        _engine.Held.OnSubmit = null;
        _owner.Dispose();
        _other.Dispose();
        _engine.Dispose();
    }
}
