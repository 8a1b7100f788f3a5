using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Tests.Engine;

/// <summary>
/// Asynchronous waits against completion, cancellation and each other. The method is closed: what is submitted stays
/// in flight until the test completes it.
/// </summary>
public sealed class AsyncWaitTests : IDisposable
{
    private readonly TestEngine _engine =
        new(static (services, _) => new HeldMethod(services, open: false), sessions: 10);

    private readonly IoSession _owner;
    private readonly IoSession _waiter;

    public AsyncWaitTests()
    {
        _owner = _engine.OpenSession();
        _waiter = _engine.OpenSession();
    }

    [Fact]
    public void WaitAsync_InFlight_ResumesAtCompletionAndOnlyThen()
    {
        IoWaitReference reference = _engine.StartRead(_owner, 1, 1);
        Task<bool> wait = _waiter.WaitAsync(reference).AsTask();
        _engine.UntilWaiting(reference.Index, 1);
        Assert.Equal(1, _engine.Held.Awaits);
        Assert.False(wait.IsCompleted);

        _engine.Held.Execute(reference.Index);

        Assert.True(Background.Join(wait));
        Assert.Equal(0, _engine.Held.Awaits);
        Assert.Equal(0, _engine.WaitersOf(reference.Index));
    }

    [Fact]
    public void WaitAsync_SpuriousSignals_SleepsOn()
    {
        IoWaitReference reference = _engine.StartRead(_owner, 1, 1);
        Task<bool> wait = _waiter.WaitAsync(reference).AsTask();
        for (int i = 0; i < 200; i++)
        {
            _engine.UntilWaiting(reference.Index, 1);
            _engine.Engine.Handles[reference.Index].Wait.Signal();
            _engine.Engine.WakeAsyncWaiters(reference.Index);
        }

        Assert.False(wait.IsCompleted);
        _engine.Held.Execute(reference.Index);
        Assert.True(Background.Join(wait));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WaitAsync_Cancelled_EndsTheWaitNotTheOperation(bool handedOut)
    {
        using CancellationTokenSource cancel = new();
        int handle = handedOut ? _owner.Acquire(null) : _engine.StartRead(_owner, 1, 1).Index;
        IoHandleState state = _engine.StateOf(handle);
        Task<bool> wait = _waiter.WaitAsync(_owner.Reference(handle), cancel.Token).AsTask();
        _engine.UntilWaiting(handle, 1);

        cancel.Cancel();

        OperationCanceledException cancelled =
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Background.Limit));
        Assert.Equal(cancel.Token, cancelled.CancellationToken);
        Assert.Equal(state, _engine.StateOf(handle));
        Assert.Equal(0, _engine.WaitersOf(handle));
        Assert.Equal(0, _engine.Held.Awaits);
        if (handedOut)
            _owner.Release(handle);
        else
            _engine.Held.Execute(handle);
    }

    [Fact]
    public void WaitAsync_ManyAwaitersHalfOfThemCancelled_TheOthersResumeAtCompletion()
    {
        IoSession[] sessions = [.. Enumerable.Range(0, 8).Select(_ => _engine.OpenSession())];
        for (int round = 0; round < 100; round++)
        {
            using CancellationTokenSource cancel = new();
            IoWaitReference reference = _engine.StartRead(_owner, 1, 1);
            Task<bool>[] waits = [.. sessions.Select((session, i) =>
                session.WaitAsync(reference, i % 2 == 0 ? cancel.Token : default).AsTask())];
            _engine.UntilWaiting(reference.Index, sessions.Length);

            cancel.Cancel();
            _engine.UntilWaiting(reference.Index, sessions.Length / 2);
            _engine.Held.Execute(reference.Index);

            for (int i = 0; i < waits.Length; i++)
            {
                if (i % 2 == 0)
                    Assert.ThrowsAny<OperationCanceledException>(() => Background.Join(waits[i]));
                else
                    Assert.True(Background.Join(waits[i]));
            }

            Assert.True(_owner.IsDone(reference));
        }

        foreach (IoSession session in sessions)
            session.Dispose();
    }

    /// <summary>
    /// Completion and cancellation strike at the same moment, then the same waiter object sleeps on another handle at
    /// once. A resumption that belongs to the first wait must not be taken for one of the second.
    /// </summary>
    [Fact]
    public void WaitAsync_CompletionRacesCancellationThenTheWaiterIsReused_EachWaitEndsByItsOwnCause()
    {
        const int Rounds = 3000;
        using Barrier barrier = new(2);
        int current = -1;
        CancellationTokenSource? cancel = null;
        Task canceller = Background.Run(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                barrier.SignalAndWait();
                cancel!.Cancel();
                barrier.SignalAndWait();
            }
        });
        int cancelled = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using CancellationTokenSource source = new();
            cancel = source;
            IoWaitReference first = _engine.StartRead(_owner, 1, 1);
            IoWaitReference second = _engine.StartRead(_owner, 2, 2);
            current = first.Index;
            Task<bool> wait = _waiter.WaitAsync(first, source.Token).AsTask();
            barrier.SignalAndWait();
            _engine.Held.Execute(current);
            cancelled += WasCancelled(wait) ? 1 : 0;

            Task<bool> next = _waiter.WaitAsync(second).AsTask();
            barrier.SignalAndWait();
            Assert.False(next.IsCompleted);
            _engine.Held.Execute(second.Index);
            Assert.True(Background.Join(next));
            Assert.True(_owner.IsDone(first) && _owner.IsDone(second));
        }

        Background.Join(canceller);
        TestContext.Current.TestOutputHelper?.WriteLine($"{cancelled} of {Rounds} waits were cancelled");
    }

    /// <summary>
    /// Several waiters hop between two handles under cancellation while both complete again and again: a list that
    /// loses a waiter leaves its wait asleep for ever.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WaitAsync_WaitersHopBetweenHandlesUnderCancellation_NobodyIsLost(int seed)
    {
        const int Waiters = 6;
        const int Waits = 1500;
        IoSession[] sessions = [.. Enumerable.Range(0, Waiters).Select(_ => _engine.OpenSession())];
        long[] published = new long[2];
        int left = Waiters;
        for (int i = 0; i < published.Length; i++)
            Publish(i, _engine.StartRead(_owner, i, i));
        Task[] waiters = [.. sessions.Select((session, n) => Background.Run(() =>
        {
            Random random = new(seed * 100 + n);
            for (int i = 0; i < Waits; i++)
            {
                long seen = Volatile.Read(ref published[random.Next(2)]);
                IoWaitReference reference = IoWaitReference.To((int)(seen & 0xFF), seen >> 8);
                using CancellationTokenSource cancel = new();
                ValueTask<bool> wait = session.WaitAsync(reference, cancel.Token);
                if (random.Next(2) == 0)
                    cancel.Cancel();
                _ = WasCancelled(wait.AsTask());
            }

            Interlocked.Decrement(ref left);
        }))];
        while (Volatile.Read(ref left) > 0)
        {
            for (int i = 0; i < published.Length; i++)
            {
                int handle = (int)(published[i] & 0xFF);
                _engine.Held.Execute(handle);
                Assert.True(_owner.ReclaimCompleted());
                Publish(i, _engine.StartRead(_owner, i, i));
            }
        }

        Background.Join(Task.WhenAll(waiters));
        foreach (IoSession session in sessions)
            session.Dispose();

        void Publish(int i, IoWaitReference reference) =>
            Volatile.Write(ref published[i], (reference.Generation << 8) | (uint)reference.Index);
    }

    [Fact]
    public async Task AcquireAsync_AllHandlesInFlight_WaitsForTheOldest()
    {
        IoWaitReference[] references = [.. Enumerable.Range(0, 8).Select(i => _engine.StartRead(_owner, i, i))];
        ValueTask<int> acquire = _owner.AcquireAsync(null);
        _engine.UntilWaiting(references[0].Index, 1);
        Assert.False(acquire.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => _owner.TryAcquire(null, out _));

        _engine.Held.Execute(references[0].Index);

        int handle = await acquire.AsTask().WaitAsync(Background.Limit);
        Assert.Equal(references[0].Index, handle);
        _owner.Release(handle);
        Assert.Equal(handle, await _owner.AcquireAsync(null));
        _owner.Release(handle);
    }

    [Fact]
    public async Task AcquireAsync_Cancelled_HandsOutNothing()
    {
        IoReturn outcome = new();
        IoWaitReference[] references = [.. Enumerable.Range(0, 8).Select(i => _engine.StartRead(_owner, i, i))];
        using CancellationTokenSource cancel = new();
        Task<int> acquire = _owner.AcquireAsync(outcome, cancel.Token).AsTask();
        _engine.UntilWaiting(references[0].Index, 1);

        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acquire.WaitAsync(Background.Limit));
        Assert.Equal(IoLeftovers.None, _owner.EndWork());
        _engine.Held.Execute(references[3].Index);
        int handle = _owner.Acquire(outcome);
        Assert.Equal(references[3].Index, handle);
        _owner.Release(handle);
    }

    [Fact]
    public void WaitForAllAsync_StagedAndInFlight_SubmitsAndWaitsForEach()
    {
        _engine.StartRead(_owner, 0, 0);
        _owner.EnterBatch();
        IoReturn outcome = new();
        _engine.StartRead(_owner, 1, 1, outcome);
        Task wait = _owner.WaitForAllAsync().AsTask();
        Assert.Equal(2, _engine.Held.Held.Length);
        Assert.False(wait.IsCompleted);

        _engine.Held.Open();

        Background.Join(wait);
        Assert.Equal(0, _owner.InFlight);
        Assert.Equal(IoStatus.Ok, outcome.Result.Status);
        _owner.ExitBatch();
    }

    [Fact]
    public void DisposeAsync_EverythingLeftOpen_RepairsAndWaits()
    {
        IoSession session = _engine.OpenSession();
        _engine.StartRead(session, 0, 0);
        session.EnterBatch();
        _engine.StartRead(session, 1, 1);
        session.Acquire(null);
        Task disposal = session.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);

        _engine.Held.Open();

        Background.Join(disposal);
        Assert.Equal(2, _engine.Engine.OpenSessions);
        Background.Join(session.DisposeAsync().AsTask());
    }

    [Fact]
    public void WaitAsync_TheMethodCannotBeginAwaiting_TheWaiterIsWholeForTheNextWait()
    {
        IoWaitReference reference = _engine.StartRead(_owner, 1, 1);
        _engine.Held.OnBeginAwait = static () => throw new TimeZoneNotFoundException("awaiting");
        Task<bool> failed = _waiter.WaitAsync(reference).AsTask();

        Assert.Throws<TimeZoneNotFoundException>(() => Background.Join(failed));
        Assert.Equal(0, _engine.WaitersOf(reference.Index));

        _engine.Held.OnBeginAwait = null;
        Task<bool> wait = _waiter.WaitAsync(reference).AsTask();
        _engine.UntilWaiting(reference.Index, 1);
        _engine.Held.Execute(reference.Index);
        Assert.True(Background.Join(wait));
    }

    [Fact]
    public void WaitAsync_CompletedWhileTheMethodBeginsAwaiting_DoesNotSleep()
    {
        IoWaitReference reference = _engine.StartRead(_owner, 1, 1);
        _engine.Held.OnBeginAwait = () =>
        {
            _engine.Held.OnBeginAwait = null;
            _engine.Held.Execute(reference.Index);
        };

        Assert.True(Background.Join(_waiter.WaitAsync(reference).AsTask()));
    }

    public void Dispose()
    {
        _engine.Held.OnBeginAwait = null;
        _engine.Held.Open();
        _owner.Dispose();
        _waiter.Dispose();
        _engine.Dispose();
    }

    private static bool WasCancelled(Task<bool> wait)
    {
        try
        {
            Background.Join(wait);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
