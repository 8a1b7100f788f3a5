using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Any thread waits for anything, and completion needs nobody's goodwill.</summary>
public abstract partial class EngineSuite
{
    [Fact]
    public void Wait_ByManyThreadsWithAndWithoutSessions_AllReturn()
    {
        const int Rounds = 50;
        const int Sessionless = 3;
        const int Sessions = 3;
        using TestEngine engine = NewEngine(sessions: 1 + Sessions);
        using IoSession owner = engine.OpenSession();
        using Barrier barrier = new(1 + Sessionless + Sessions);
        IoWaitReference current = default;
        Task[] threads = [.. Enumerable.Range(0, Sessionless + Sessions).Select(n => Background.Run(() =>
        {
            using IoSession? session = n < Sessions ? engine.OpenSession() : null;
            for (int round = 0; round < Rounds; round++)
            {
                barrier.SignalAndWait();
                if (session is null)
                    engine.Engine.Wait(current);
                else
                    session.Wait(current);
                Assert.True(engine.Engine.IsOver(current));
                Assert.True(engine.Holds(0, round));
                barrier.SignalAndWait();
            }
        }))];

        for (int round = 0; round < Rounds; round++)
        {
            current = engine.StartRead(owner, round, frame: 0);
            barrier.SignalAndWait();
            barrier.SignalAndWait();
            Assert.True(owner.IsDone(current));
        }

        Background.Join(Task.WhenAll(threads));
    }

    [Fact]
    public void Wait_OwnerDoesNothingMore_OthersComeThrough()
    {
        using TestEngine engine = NewEngine();
        using IoSession owner = engine.OpenSession();
        IoWaitReference reference = engine.StartRead(owner, 4, frame: 4);

        Background.Join(Background.Run(() => engine.Engine.Wait(reference)));

        Assert.True(engine.Holds(4, 4));
        Assert.Equal(IoHandleState.CompletedShared, engine.StateOf(reference.Index));
    }

    [Fact]
    public void Wait_SubmittingThreadHasExited_ComesThrough()
    {
        using TestEngine engine = NewEngine();
        using IoSession owner = engine.OpenSession();
        for (int round = 0; round < 20; round++)
        {
            IoReturn outcome = new();
            IoWaitReference reference = default;
            Thread thread = new(() => reference = engine.Start(owner, outcome, IoOperation.ReadVector, round, [0, 1]));
            thread.Start();
            Assert.True(thread.Join(Background.Limit));

            owner.Wait(reference);

            AssertOk(outcome, 2 * FrameBytes);
            Assert.True(engine.Holds(1, round + 1));
        }
    }

    [Fact]
    public void IsDone_Polled_BecomesTrueWithoutAnyWait()
    {
        using TestEngine engine = NewEngine();
        using IoSession owner = engine.OpenSession();
        IoReturn outcome = new();
        IoWaitReference reference = engine.StartRead(owner, 4, frame: 4, outcome);

        Background.Until(() => owner.IsDone(reference), "the operation is done");

        AssertOk(outcome, FrameBytes);
        Assert.False(owner.Wait(reference));
        Assert.Equal(0, owner.InFlight);
    }

    [Fact]
    public void Wait_NothingToWaitFor_ReturnsAtOnce()
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();

        Assert.False(session.Wait(default));
        Assert.True(session.IsDone(default));
        Assert.True(engine.Engine.IsOver(default));
        engine.Engine.Wait(default);
        session.WaitForAll();
    }

    [Fact]
    public void Wait_ManyInFlightInAnyOrder_EachOutcomeIsItsOwn()
    {
        using TestEngine engine = NewEngine(concurrency: 48);
        using IoSession session = engine.OpenSession();
        IoReturn[] outcomes = [.. Enumerable.Range(0, 40).Select(static _ => new IoReturn())];
        IoWaitReference[] references = [.. outcomes.Select((outcome, i) =>
            engine.Start(session, outcome, IoOperation.ReadVector, i, Enumerable.Range(2 * i, 1 + i % 2).ToArray()))];

        foreach (int i in Enumerable.Range(0, 40).Select(static i => i * 17 % 40))
        {
            session.Wait(references[i]);
            AssertOk(outcomes[i], (1 + i % 2) * FrameBytes);
            Assert.True(engine.Holds(2 * i, i));
        }
    }
}
