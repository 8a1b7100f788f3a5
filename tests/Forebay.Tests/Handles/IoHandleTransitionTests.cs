using Forebay.Handles;
using Forebay.Memory;
using Forebay.Primitives;
using Shared;

namespace Forebay.Tests.Handles;

/// <summary>Every pair of states; the claim; the generation.</summary>
public sealed class IoHandleTransitionTests : IDisposable
{
    private static readonly IoHandleState[] s_path =
    [
        IoHandleState.HandedOut, IoHandleState.Defined, IoHandleState.Staged, IoHandleState.Submitted,
        IoHandleState.CompletedIo, IoHandleState.CompletedShared, IoHandleState.CompletedLocal,
    ];

    private readonly SharedSegment _segment;
    private readonly IoHandleTable _table;

    public IoHandleTransitionTests()
    {
        SegmentLayout layout = new();
        IoHandleTableLayout tableLayout = new(layout, sessions: 1, perSession: 2, combineMax: 1);
        _segment = new SharedSegment(layout, hugePages: false);
        _table = new IoHandleTable(_segment, tableLayout);
    }

    public static TheoryData<IoHandleState, IoHandleState> AllPairs()
    {
        TheoryData<IoHandleState, IoHandleState> pairs = [];
        foreach (IoHandleState from in Enum.GetValues<IoHandleState>())
        {
            foreach (IoHandleState to in Enum.GetValues<IoHandleState>())
                pairs.Add(from, to);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void Transition_EachPair_IsTakenOnlyAlongAnEdge(IoHandleState from, IoHandleState to)
    {
        bool isEdge = (from, to) is
            (IoHandleState.Idle, IoHandleState.HandedOut)
            or (IoHandleState.HandedOut, IoHandleState.Defined)
            or (IoHandleState.HandedOut, IoHandleState.Idle)
            or (IoHandleState.Defined, IoHandleState.Staged)
            or (IoHandleState.Staged, IoHandleState.Submitted)
            or (IoHandleState.Submitted, IoHandleState.CompletedIo)
            or (IoHandleState.CompletedIo, IoHandleState.CompletedShared)
            or (IoHandleState.CompletedShared, IoHandleState.CompletedLocal)
            or (IoHandleState.CompletedLocal, IoHandleState.Idle);
        BringTo(from);
        long generation = _table[0].Word.Generation;
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        InvariantException? broken = Record.Exception(() => { _table[0].Transition(from, to); }) as InvariantException;

        Assert.Equal(isEdge, broken is null);
        Assert.Equal(isEdge ? to : from, _table[0].State);
        Assert.Equal(generation + (isEdge && to == IoHandleState.Idle ? 1 : 0), _table[0].Word.Generation);
        if (!isEdge)
        {
            Assert.Equal(
                $"I-03: this edge of the state machine does not exist: found {to}, expected {from}", broken!.Message);
        }
    }

    [Theory]
    [MemberData(nameof(AllPairs))]
    public void Transition_FromAnotherStateThanBelieved_EndsTheProcess(IoHandleState actual, IoHandleState believed)
    {
        if (actual == believed)
            return;
        BringTo(actual);
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();

        InvariantException broken = Assert.Throws<InvariantException>(
            () => { _table[0].Transition(believed, Next(believed)); });

        Assert.Equal(
            $"I-04: a handle is not in the expected state: found {actual}, expected {believed}", broken.Message);
        Assert.Equal(actual, _table[0].State);
    }

    [Theory]
    [InlineData(IoHandleState.Idle)]
    [InlineData(IoHandleState.HandedOut)]
    [InlineData(IoHandleState.Defined)]
    [InlineData(IoHandleState.Staged)]
    [InlineData(IoHandleState.Submitted)]
    [InlineData(IoHandleState.CompletedIo)]
    [InlineData(IoHandleState.CompletedShared)]
    [InlineData(IoHandleState.CompletedLocal)]
    public void TryClaim_EachState_TakesStagedOnly(IoHandleState state)
    {
        BringTo(state);

        bool claimed = _table[0].TryClaim(_table[0].Word.Generation);

        Assert.Equal(state == IoHandleState.Staged, claimed);
        Assert.Equal(claimed ? IoHandleState.Submitted : state, _table[0].State);
    }

    [Fact]
    public void TryClaim_LaterUseOfTheHandle_LeavesItAlone()
    {
        BringTo(IoHandleState.Staged);
        long old = _table[0].Word.Generation;
        RunTo(IoHandleState.Staged, IoHandleState.Idle);
        BringTo(IoHandleState.Staged);

        Assert.False(_table[0].TryClaim(old));
        Assert.Equal(IoHandleState.Staged, _table[0].State);
        Assert.True(_table[0].TryClaim(old + 1));
    }

    [Fact]
    public void TryClaim_ByManyThreads_ExactlyOneGetsIt()
    {
        const int Threads = 4;
        const int Rounds = 2000;
        int claims = 0;
        using Barrier barrier = new(Threads);
        Task[] threads = [.. Enumerable.Range(0, Threads).Select(n => Background.Run(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                if (n == 0)
                    BringTo(IoHandleState.Staged);
                barrier.SignalAndWait();
                if (_table[0].TryClaim(round))
                    Interlocked.Increment(ref claims);
                barrier.SignalAndWait();
                if (n == 0)
                    RunTo(IoHandleState.Submitted, IoHandleState.Idle);
            }
        }))];

        Background.Join(Task.WhenAll(threads));

        Assert.Equal(Rounds, claims);
    }

    [Fact]
    public void Transition_ByTwoThreadsAtOnce_OneOfThemEndsTheProcess()
    {
        const int Rounds = 2000;
        int broken = 0;
        using Barrier barrier = new(2);
        Task[] threads = [.. Enumerable.Range(0, 2).Select(n => Background.Run(() =>
        {
            using Invariant.TestScope scope = Invariant.ThrowOnThisThread();
            for (int round = 0; round < Rounds; round++)
            {
                if (n == 0)
                    BringTo(IoHandleState.Submitted);
                barrier.SignalAndWait();
                try
                {
                    _table[0].Transition(IoHandleState.Submitted, IoHandleState.CompletedIo);
                }
                catch (InvariantException exception)
                {
                    Assert.Matches("^I-0[45]: ", exception.Message);
                    Interlocked.Increment(ref broken);
                }

                barrier.SignalAndWait();
                if (n == 0)
                    RunTo(IoHandleState.CompletedIo, IoHandleState.Idle);
            }
        }))];

        Background.Join(Task.WhenAll(threads));

        Assert.Equal(Rounds, broken);
    }

    [Fact]
    public void Transition_WithAWaiter_SignalsOnlyWhereThereIsSomethingToDo()
    {
        _table[0].Wait.Register();
        List<IoHandleState> signalled = [];
        foreach ((IoHandleState from, IoHandleState to) in Cycle())
        {
            if (_table[0].Transition(from, to))
                signalled.Add(to);
        }

        Assert.Equal([IoHandleState.Staged, IoHandleState.CompletedShared], signalled);
        BringTo(IoHandleState.HandedOut);
        Assert.True(_table[0].Transition(IoHandleState.HandedOut, IoHandleState.Idle));
        _table[0].Wait.Unregister();
        BringTo(IoHandleState.HandedOut);
        Assert.False(_table[0].Transition(IoHandleState.HandedOut, IoHandleState.Idle));
    }

    [Fact]
    public void IsOver_EachStateOfThisUseAndOfOthers_EndsAtCompletedShared()
    {
        foreach (IoHandleState state in Enum.GetValues<IoHandleState>())
        {
            IoHandleWord word = new((7L << IoHandleWord.GenerationShift) | (byte)state);

            Assert.Equal(state, word.State);
            Assert.Equal(7, word.Generation);
            Assert.Equal(state >= IoHandleState.CompletedShared, word.IsOver(7));
            Assert.True(word.IsOver(6));
            Assert.True(word.IsOver(8));
        }
    }

    [Fact]
    public void Transition_NeighbouringHandle_IsUntouched()
    {
        BringTo(IoHandleState.CompletedLocal);

        Assert.Equal(0, _table[1].Word.Raw);
    }

    public void Dispose() => _segment.Dispose();

    private static IEnumerable<(IoHandleState From, IoHandleState To)> Cycle()
    {
        IoHandleState at = IoHandleState.Idle;
        foreach (IoHandleState next in s_path.Append(IoHandleState.Idle))
        {
            yield return (at, next);
            at = next;
        }
    }

    private static IoHandleState Next(IoHandleState state) => Cycle().First(edge => edge.From == state).To;

    private void BringTo(IoHandleState state)
    {
        if (state != IoHandleState.Idle)
            RunTo(IoHandleState.Idle, state);
    }

    private void RunTo(IoHandleState from, IoHandleState to)
    {
        for (IoHandleState at = from; ; at = Next(at))
        {
            _table[0].Transition(at, Next(at));
            if (Next(at) == to)
                return;
        }
    }
}
