using Forebay.Engine;
using Forebay.Handles;
using Forebay.Methods.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>Who waits drains for everybody, and nobody is left asleep at a ring that nobody looks after.</summary>
public class WaitingTests
{
    private static readonly IoUringOptions s_oneRing = new() { Rings = 1 };

    /// <summary>
    /// The first waiter has the ring, its operation completes, it leaves. The second waiter's operation completes only
    /// afterwards: nobody but the second could bring it.
    /// </summary>
    [Fact]
    public void Help_DrainerLeavesWhileAnotherWaits_TheOtherTakesOver()
    {
        using RingEngine engine = new(s_oneRing);
        using IoSession session = engine.OpenSession();
        using ManualFile first = new();
        using ManualFile second = new();
        IoWaitReference one = engine.StartManual(session, first, 1);
        IoWaitReference two = engine.StartManual(session, second, 2);
        Task drainer = Background.Run(() => engine.Test.Engine.Wait(one));
        engine.UntilAttended(0, 0);
        Task other = Background.Run(() => engine.Test.Engine.Wait(two));
        engine.UntilListed(0, 1);

        first.Complete();
        Background.Join(drainer);
        engine.UntilListed(0, 0);
        Assert.False(other.IsCompleted);
        second.Complete();

        Background.Join(other);
    }

    /// <summary>The same with a crowd, in every order of four.</summary>
    [Fact]
    public void Help_WaitersInEveryOrderOfCompletion_AllReturn()
    {
        using RingEngine engine = new(s_oneRing);
        using IoSession session = engine.OpenSession();
        using ManualFileSet files = new(4);
        foreach (int[] order in Orders(files.Count))
        {
            IoWaitReference[] references = [.. files.Select((file, i) => engine.StartManual(session, file, i))];
            Task[] waiters = [.. references.Select(reference =>
                Background.Run(() => engine.Test.Engine.Wait(reference)))];
            engine.UntilListed(0, files.Count - 1);
            foreach (int next in order)
            {
                files[next].Complete();
                Background.Join(waiters[next]);
            }

            session.WaitForAll();
        }
    }

    /// <summary>All complete at once: who was woken as the next drainer finds its own operation done.</summary>
    [Fact]
    public void Help_AllCompleteTogether_NobodyKeepsTheTurnToHimself()
    {
        const int Waiters = 6;
        using RingEngine engine = new(s_oneRing);
        using IoSession session = engine.OpenSession();
        using ManualFileSet files = new(Waiters);
        for (int round = 0; round < 50; round++)
        {
            IoWaitReference[] references = [.. files.Select((file, i) => engine.StartManual(session, file, i))];
            Task[] waiters = [.. references.Select(reference =>
                Background.Run(() => engine.Test.Engine.Wait(reference)))];
            engine.UntilListed(0, Waiters - 1);
            for (int i = 0; i < Waiters; i++)
                files[(i + round) % Waiters].Complete();
            Background.Join(Task.WhenAll(waiters));
            Assert.Equal(0, engine.Method.ReadRing(0).Waiters);
            session.WaitForAll();
        }
    }

    /// <summary>
    /// A drainer that is held in the middle of completing keeps the ring; those who come meanwhile are woken by its
    /// leaving, although it was not they for whom it drained.
    /// </summary>
    [Fact]
    public void Help_DrainerHeldWhileOthersArrive_TheyGoOnWhenItLeaves()
    {
        ScriptedHoldPoints holds = new();
        using RingEngine engine = new(s_oneRing, holdPoints: holds);
        using IoSession session = engine.OpenSession();
        using ManualFile first = new();
        using ManualFile second = new();
        using ManualResetEventSlim held = new();
        using ManualResetEventSlim release = new();
        IoWaitReference one = engine.StartManual(session, first, 1);
        IoWaitReference two = engine.StartManual(session, second, 2);
        holds[HoldPoint.BeforeCompletedShared] = (in handle, ref _) =>
        {
            if (handle.Index != one.Index)
                return;
            held.Set();
            release.Wait(Background.Limit);
        };
        first.Complete();
        Task drainer = Background.Run(() => engine.Test.Engine.Wait(one));
        Assert.True(held.Wait(Background.Limit));
        second.Complete();
        Task other = Background.Run(() => engine.Test.Engine.Wait(two));
        engine.UntilListed(0, 1);

        release.Set();

        Background.Join(Task.WhenAll(drainer, other));
    }

    /// <summary>
    /// Shared rings must not leave completions to the submitter's next call: it may compute for long.
    /// </summary>
    [Fact]
    public void Help_SubmitterSpinsInUserMode_AnotherThreadGetsItsReads()
    {
        using RingEngine engine = new(concurrency: 32);
        bool stop = false;
        IoWaitReference[] published = [];
        using ManualResetEventSlim submitted = new();
        Task submitter = Background.Run(() =>
        {
            using IoSession session = engine.OpenSession();
            session.EnterBatch();
            IoWaitReference[] references = [.. Enumerable.Range(0, 32).Select(i => engine.Test.Start(
                session, null, IoOperation.ReadVector, i, [i], direct: CanDirect(engine)))];
            session.ExitBatch();
            published = references;
            submitted.Set();
            while (!Volatile.Read(ref stop))
            {
                // Never enters the kernel.
            }
        });
        try
        {
            Assert.True(submitted.Wait(Background.Limit));

            Background.Join(Background.Run(() =>
            {
                foreach (IoWaitReference reference in published)
                    engine.Test.Engine.Wait(reference);
            }));

            Assert.False(submitter.IsCompleted);
            Assert.All(Enumerable.Range(0, 32), i => Assert.True(engine.Test.Holds(i, i)));
        }
        finally
        {
            Volatile.Write(ref stop, true);
            Background.Join(submitter);
        }
    }

    [Fact]
    public void TryHelp_ReadyCompletions_AreCompletedWithoutBlocking()
    {
        using RingEngine engine = new(s_oneRing);
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        IoWaitReference reference = engine.StartManual(session, file, 1);

        Assert.False(engine.Test.Engine.IsOver(reference));
        file.Complete(7);
        Background.Until(() => engine.Test.Engine.IsOver(reference), "a poll that finds the completion");

        Assert.Equal(0, engine.Method.ReadRing(0).WaitCalls);
        Assert.Equal(-1, engine.Test.Frame(1).IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void TryHelp_RingIsBeingDrained_ReturnsAtOnce()
    {
        using RingEngine engine = new(s_oneRing);
        using IoSession session = engine.OpenSession();
        using ManualFile first = new();
        IoWaitReference one = engine.StartManual(session, first, 1);
        Task drainer = Background.Run(() => engine.Test.Engine.Wait(one));
        engine.UntilAttended(0, 0);

        Assert.False(engine.Test.Engine.IsOver(one));

        first.Complete();
        Background.Join(drainer);
    }

    /// <summary>Several threads wait for one operation: all are woken, whichever of them drains.</summary>
    [Fact]
    public void Help_ManyThreadsForOneOperation_AllReturn()
    {
        using RingEngine engine = new(s_oneRing);
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        for (int round = 0; round < 50; round++)
        {
            IoWaitReference reference = engine.StartManual(session, file, 1);
            Task[] waiters = [.. Enumerable.Range(0, 5).Select(_ =>
                Background.Run(() => engine.Test.Engine.Wait(reference)))];
            engine.UntilListed(0, 4);
            file.Complete();
            Background.Join(Task.WhenAll(waiters));
            session.WaitForAll();
        }
    }

    /// <summary>Pollers take the ring for moments, between a waiter's look and its sleep.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Help_PollersAndWaitersTogether_NobodyIsStranded(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        const int Threads = 4;
        using RingEngine engine = new(s_oneRing, concurrency: 8);
        Task[] threads = [.. Enumerable.Range(0, Threads).Select(n => Background.Run(() =>
        {
            Random random = new(seed * 1000 + n);
            using IoSession session = engine.OpenSession();
            using ManualFile own = new();
            for (int i = 0; i < 2000; i++)
            {
                IoWaitReference reference = engine.StartManual(session, own, n);
                bool early = random.Next(2) == 0;
                if (early)
                    own.Complete();
                Task? late = early ? null : Task.Run(() => own.Complete());
                if (random.Next(2) == 0)
                    Background.Until(() => session.IsDone(reference), "a poll");
                else
                    session.Wait(reference);
                late?.Wait(Background.Limit);
            }
        }))];

        Background.Join(Task.WhenAll(threads));
    }

    private static bool CanDirect(RingEngine engine) => engine.Test.File.DirectDescriptor >= 0;

    private static IEnumerable<int[]> Orders(int count)
    {
        if (count == 1)
            return [[0]];
        return Orders(count - 1).SelectMany(shorter => Enumerable.Range(0, count).Select(place =>
        {
            List<int> order = [.. shorter];
            order.Insert(place, count - 1);
            return order.ToArray();
        }));
    }
}
