using Forebay.Engine;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>Results that the kernel may bring any day.</summary>
public abstract partial class EngineSuite
{
    private const int IoError = -5;

    [Theory]
    [InlineData(-4)]
    [InlineData(-11)]
    [InlineData(-14)]
    [InlineData(-125)]
    public void Complete_TransientResults_AreTriedAgainAndNeverSeen(int transient)
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        int left = 3;
        _holdPoints[HoldPoint.RawResult] = (in _, ref rawResult) =>
        {
            if (Interlocked.Decrement(ref left) >= 0)
                rawResult = transient;
        };
        IoReturn outcome = new();

        session.Wait(engine.Start(session, outcome, IoOperation.ReadVector, 6, [1, 2]));

        AssertOk(outcome, 2 * FrameBytes);
        Assert.True(engine.Holds(1, 6) && engine.Holds(2, 7));
        Assert.Equal(1, engine.Transfers.Completed);
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(-11)]
    [InlineData(-14)]
    [InlineData(-125)]
    public void Complete_TransientForEver_EndsAsAnErrorAfterAKnownNumberOfTries(int transient)
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        int tries = 0;
        _holdPoints[HoldPoint.RawResult] = (in _, ref rawResult) =>
        {
            Interlocked.Increment(ref tries);
            rawResult = transient;
        };
        IoReturn outcome = new();

        session.Wait(engine.StartRead(session, 6, frame: 1, outcome));

        AssertError(outcome, (uint)-transient);
        Assert.Equal(IoCompletion.RetriesMax + 1, tries);
        _holdPoints[HoldPoint.RawResult] = null;
        session.Wait(engine.StartRead(session, 6, frame: 1, outcome));
        AssertOk(outcome, FrameBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(FrameBytes - 1)]
    [InlineData(FrameBytes)]
    [InlineData(2 * FrameBytes - 1)]
    public void Complete_ShortResult_IsPartialWithItsBytes(int bytes)
    {
        using TestEngine engine = NewEngine();
        using IoSession session = engine.OpenSession();
        _holdPoints[HoldPoint.RawResult] = (in _, ref rawResult) => rawResult = bytes;
        IoReturn outcome = new();

        session.Wait(engine.Start(session, outcome, IoOperation.ReadVector, 6, [1, 2]));

        Assert.Equal(IoStatus.Partial, outcome.Result.Status);
        Assert.Equal(bytes, outcome.Result.Value);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(-28)]
    [InlineData(-95)]
    public void Complete_Errno_IsAnErrorOfThisOperationOnly(int errno)
    {
        using TestEngine engine = NewEngine(concurrency: 16);
        using IoSession session = engine.OpenSession();
        _holdPoints[HoldPoint.RawResult] = (in handle, ref rawResult) =>
        {
            if (handle.Offset == 3 * FrameBytes)
                rawResult = errno;
        };
        IoReturn[] outcomes = [.. Enumerable.Range(0, 6).Select(static _ => new IoReturn())];
        session.EnterBatch();
        for (int block = 0; block < outcomes.Length; block++)
            engine.StartRead(session, block, frame: block, outcomes[block]);
        session.ExitBatch();

        session.WaitForAll();

        for (int block = 0; block < outcomes.Length; block++)
        {
            if (block == 3)
                AssertError(outcomes[block], (uint)-errno);
            else
                AssertOk(outcomes[block], FrameBytes);
        }
    }

    /// <summary>
    /// The n-th result of a scenario fails, for n = 1, 2, 3 … until the scenario runs to its end unharmed: whatever
    /// the place, one operation reports the error and everything else goes on.
    /// </summary>
    [Fact]
    public void Scenario_TheNthOperationFails_OneErrorAndNothingElse()
    {
        for (int n = 1; ; n++)
        {
            int results = 0;
            bool injected = false;
            _holdPoints[HoldPoint.RawResult] = (in _, ref rawResult) =>
            {
                if (Interlocked.Increment(ref results) != n)
                    return;
                rawResult = IoError;
                injected = true;
            };

            (int ok, int failed) = RunScenario();

            Assert.Equal(injected ? 1 : 0, failed);
            Assert.Equal(results, ok + failed);
            if (!injected)
            {
                Assert.Equal(n - 1, results);
                return;
            }
        }
    }

    private (int Ok, int Failed) RunScenario()
    {
        using TestEngine engine = NewEngine(concurrency: 3);
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        List<IoReturn> outcomes = [];
        session.EnterBatch();
        for (int block = 0; block < 5; block++)
            engine.StartRead(session, block, block, NewReturn());
        session.ExitBatch();
        IoWaitReference foreign = engine.StartRead(session, 7, 7, NewReturn());
        other.Wait(foreign);
        session.Wait(engine.Start(session, NewReturn(), IoOperation.WriteVector, 8, [8, 9]));
        session.Wait(engine.Start(session, NewReturn(), IoOperation.ReadVector, 8, [8], IoHandleFlags.Synchronous));
        Background.Join(other.WaitAsync(engine.StartRead(session, 9, 9, NewReturn())).AsTask());
        session.WaitForAll();
        Assert.All(outcomes, static outcome => Assert.True(outcome.IsFilled));
        return (outcomes.Count(static outcome => outcome.Result.Status == IoStatus.Ok),
            outcomes.Count(static outcome => outcome.Result.Status == IoStatus.Error));

        IoReturn NewReturn()
        {
            outcomes.Add(new IoReturn());
            return outcomes[^1];
        }
    }
}
