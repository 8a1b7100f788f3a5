using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Tests.Engine;

/// <summary>What a piece of work leaves open is reported once, repaired, and the session goes on.</summary>
public sealed class EndWorkTests : IDisposable
{
    private readonly TestEngine _engine = new(static (services, _) => new HeldMethod(services), concurrency: 8);
    private readonly IoSession _session;

    public EndWorkTests() => _session = _engine.OpenSession();

    public static TheoryData<bool, bool, bool, bool, bool> Combinations()
    {
        TheoryData<bool, bool, bool, bool, bool> data = [];
        for (int bits = 0; bits < 32; bits++)
            data.Add((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0);
        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void EndWork_EachCombination_ReportsAndRepairsIt(
        bool inFlight, bool batch, bool staged, bool handedOut, bool afterException)
    {
        IoReturn flying = new();
        IoReturn waiting = new();
        IoWaitReference first = default;
        IoWaitReference second = default;
        IoLeftovers expected = (handedOut ? IoLeftovers.Handle : 0) | (batch ? IoLeftovers.Batch : 0);
        IoLeftovers found = IoLeftovers.None;
        try
        {
            if (inFlight)
                first = _engine.StartRead(_session, 1, 1, flying);
            if (batch)
                _session.EnterBatch();
            if (staged)
                second = _engine.StartRead(_session, 2, 2, waiting);
            if (handedOut)
                TestEngine.Describe(_session, new IoReturn(), [3], [TransferCallback.Id]);
            if (afterException)
                throw new TimeZoneNotFoundException();
        }
        catch (TimeZoneNotFoundException)
        {
            Assert.True(afterException);
        }
        finally
        {
            found = _session.EndWork();
        }

        Assert.Equal(expected, found);
        Assert.Equal(IoLeftovers.None, _session.EndWork());
        Assert.False(_session.InBatch);
        Assert.Equal(0, _session.Staged);
        Assert.Equal((inFlight ? 1 : 0) + (staged ? 1 : 0), _session.InFlight);

        // Others see the operations through; the dropped outcomes stay empty and their objects are free.
        _engine.Engine.Wait(first);
        _engine.Engine.Wait(second);
        Assert.Equal(inFlight, _engine.Holds(1, 1));
        Assert.Equal(staged, _engine.Holds(2, 2));
        Assert.True(_session.IsDone(first) && _session.IsDone(second));
        Assert.False(flying.IsFilled || waiting.IsFilled);
        _session.Wait(_engine.StartRead(_session, 4, 4, flying));
        Assert.Equal(IoStatus.Ok, flying.Result.Status);
        _session.EnterBatch();
        _session.ExitBatch();
    }

    [Fact]
    public void Release_InTheNextPieceOfWork_IsRefusedSinceTheHandleWasTakenBack()
    {
        int handle = _session.Acquire(null);
        Assert.Equal(IoLeftovers.Handle, _session.EndWork());

        Assert.Throws<InvalidOperationException>(() => _session.Release(handle));
        Assert.Equal(IoLeftovers.None, _session.EndWork());
    }

    [Fact]
    public void EndWork_HandleReleasedAndBatchExited_FindsNothing()
    {
        _session.Release(_session.Acquire(null));
        _session.EnterBatch();
        _session.ExitBatch();

        Assert.Equal(IoLeftovers.None, _session.EndWork());
    }

    [Fact]
    public void EndWork_AcquiredTwice_TheSecondErrorLeavesOneHandleToReport()
    {
        _session.Acquire(null);
        Assert.Throws<InvalidOperationException>(() => _session.Acquire(null));

        Assert.Equal(IoLeftovers.Handle, _session.EndWork());
        _session.Release(_session.Acquire(null));
    }

    [Fact]
    public void EndWork_StagedOperationStolenByAWaiter_LeavesItToTheThief()
    {
        using ManualResetEventSlim inside = new();
        using ManualResetEventSlim go = new();
        _session.EnterBatch();
        IoWaitReference stolen = _engine.StartRead(_session, 1, 1);
        IoWaitReference kept = _engine.StartRead(_session, 2, 2);
        int calls = 0;
        _engine.Held.OnSubmit = () =>
        {
            if (Interlocked.Increment(ref calls) > 1)
                return;
            inside.Set();
            Assert.True(go.Wait(Background.Limit));
        };
        Task thief = Background.Run(() => _engine.Engine.Wait(stolen));
        Assert.True(inside.Wait(Background.Limit));

        Assert.Equal(IoLeftovers.Batch, _session.EndWork());

        Assert.Equal(IoHandleState.Submitted, _engine.StateOf(stolen.Index));
        Assert.Equal(IoHandleState.Submitted, _engine.StateOf(kept.Index));
        Assert.Equal([kept.Index], _engine.Held.Held);
        go.Set();
        Background.Join(thief);
        _session.WaitForAll();
        Assert.Equal(2, _engine.Transfers.Completed);
    }

    [Fact]
    public void Dispose_EverythingLeftOpen_RepairsAndWaits()
    {
        IoSession session = _engine.OpenSession();
        _engine.StartRead(session, 1, 1);
        session.EnterBatch();
        _engine.StartRead(session, 2, 2);
        int handle = session.Acquire(null);
        IoWaitReference published = session.Reference(handle);
        Task waiter = Background.Run(() => _engine.Engine.Wait(published));
        _engine.UntilWaiting(handle, 1);

        session.Dispose();

        Background.Join(waiter);
        Assert.True(_engine.Holds(1, 1) && _engine.Holds(2, 2));
        Assert.Empty(_engine.Held.Held);
    }

    [Fact]
    public void Dispose_OthersWaitForItsOperations_AllReturn()
    {
        for (int round = 0; round < 100; round++)
        {
            IoSession session = _engine.OpenSession();
            session.EnterBatch();
            IoWaitReference reference = _engine.StartRead(session, round % 64, 5);
            Task[] waiters = [.. Enumerable.Range(0, 3).Select(_ =>
                Background.Run(() => _engine.Engine.Wait(reference)))];

            session.Dispose();

            using IoSession next = _engine.OpenSession();
            Assert.Equal(session.Slot, next.Slot);
            next.Wait(_engine.StartRead(next, 1, 6));
            Background.Join(Task.WhenAll(waiters));
        }

        Assert.Equal(200, _engine.Transfers.Completed);
    }

    public void Dispose()
    {
        _engine.Held.OnSubmit = null;
        _session.Dispose();
        _engine.Dispose();
    }
}
