using Forebay.Buffers;
using Forebay.Handles;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// Into which operations a range of blocks is split, exactly: 63 to 80, 90 and 91 of the list of PostgreSQL's tests.
/// Where a page is in somebody else's hands, Forebay always joins, as there is always an operation to be waited for.
/// </summary>
public sealed class PoolSplitTests
{
    private readonly ScriptedHoldPoints _holdPoints = new();

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 63 to 66
    public void Start_MissesAndAHitBetween_SplitAtTheHit(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        AssertSplit(subject, 0, 2, new Part(0, PartKind.Read, 2));
        AssertSplit(subject, 0, 2, new Part(0, PartKind.Hit, 1), new Part(1, PartKind.Hit, 1));
        AssertSplit(subject, 3, 1, new Part(0, PartKind.Read, 1));
        AssertSplit(subject, 2, 4,
            new Part(0, PartKind.Read, 1), new Part(1, PartKind.Hit, 1), new Part(2, PartKind.Read, 2));
        Assert.Equal((4L, 6L, 3L),
            (subject.Buffers.Counters.Reads, subject.Buffers.Counters.BlocksRead, subject.Buffers.Counters.Hits));
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 67 to 74
    public void Start_HitsBeforeAndBehind_AreOneEach(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        AssertSplit(subject, 0, 1, new Part(0, PartKind.Read, 1)); // 67
        AssertSplit(subject, 0, 1, new Part(0, PartKind.Hit, 1)); // 68
        AssertSplit(subject, 1, 1, new Part(0, PartKind.Read, 1)); // 69
        AssertSplit(subject, 1, 1, new Part(0, PartKind.Hit, 1)); // 70
        AssertSplit(subject, 0, 2, new Part(0, PartKind.Hit, 1), new Part(1, PartKind.Hit, 1)); // 71
        AssertSplit(subject, 0, 3, // 72
            new Part(0, PartKind.Hit, 1), new Part(1, PartKind.Hit, 1), new Part(2, PartKind.Read, 1));
        subject.Forget();
        AssertSplit(subject, 1, 2, new Part(0, PartKind.Read, 2));
        AssertSplit(subject, 0, 3, // 73
            new Part(0, PartKind.Read, 1), new Part(1, PartKind.Hit, 1), new Part(2, PartKind.Hit, 1));
        subject.Forget();
        AssertSplit(subject, 3, 2, new Part(0, PartKind.Read, 2));
        AssertSplit(subject, 1, 4, // 74
            new Part(0, PartKind.Read, 2), new Part(2, PartKind.Hit, 1), new Part(3, PartKind.Hit, 1));
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 75
    public void Start_CombineLimitIsThree_FiveBecomeThreeAndTwo(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary, combine: 3);
        AssertSplit(subject, 0, 5, new Part(0, PartKind.Read, 3), new Part(3, PartKind.Read, 2));
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 76 to 78
    public void Start_OwnReadInFlight_IsJoined(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        foreach (uint own in (uint[])[1, 2, 4])
        {
            // Staged in the batch, it cannot be over before its pages are asked for.
            subject.Session.Io.EnterBatch();
            ReadRun run = new(subject.Buffers);
            BufferPin[] pins = new BufferPin[1];
            int count = 1;
            run.Start(subject.Request, own, pins, 0, ref count, ReadRunFlags.None, mayWait: true);
            long joined = subject.Buffers.Counters.Joined;

            Part[] parts = subject.ReadsWhenWaited
                ? [new Part(0, PartKind.Read, 4)]
                : own switch
                {
                    1 => [new Part(0, PartKind.Joined, 1), new Part(1, PartKind.Read, 3)],
                    2 =>
                    [
                        new Part(0, PartKind.Read, 1), new Part(1, PartKind.Joined, 1), new Part(2, PartKind.Read, 2),
                    ],
                    _ => [new Part(0, PartKind.Read, 3), new Part(3, PartKind.Joined, 1)],
                };
            AssertSplit(subject, 1, 4, parts);

            run.Wait();
            subject.Session.Io.ExitBatch();
            Assert.Equal(subject.ReadsWhenWaited ? 0 : 1, subject.Buffers.Counters.Joined - joined);
            subject.Unpin(pins);
            subject.AssertIdle();
            subject.Forget();
        }
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))] // 79 and 80
    public void Start_AnotherSessionHasABlock_IsJoinedOrReadAlone(string method, bool direct)
    {
        foreach (bool succeeds in (bool[])[false, true])
        {
            using PoolSubject subject = Open(method, direct, temporary: false);
            using ForebaySession other = subject.Instance.OpenSession();
            other.Shared.Pin(subject.Fork, 3, null, mayWait: true, out BufferPin its);
            ToyIo io = new(other.Shared, its);
            Assert.Equal(BufferClaim.Claimed, io.Start());
            PoolScenario.Stamp(other.Shared.Page(its), 3, 1);

            Task reader = Background.Run(() => AssertSplit(subject, 1, 5, subject.ReadsWhenWaited
                ? [new Part(0, PartKind.Read, 5)]
                : [new Part(0, PartKind.Read, 2), new Part(2, PartKind.Joined, 1), new Part(3, PartKind.Read, 2)]));
            Background.Until(() => subject.Buffers.Counters.Joined == 1, "the reader has joined");
            io.End(succeeds);

            Background.Join(reader);
            Assert.Equal(succeeds ? 2 : 3, subject.Buffers.Counters.Reads);
            Assert.Equal(succeeds ? 4 : 5, subject.Buffers.Counters.BlocksRead);
            other.Shared.Unpin(its);
            PoolFacts.AssertIdle(subject.Instance.Pool, subject.Buffers, other.Shared);
        }
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))] // 90
    public void Start_AnothersReadStalledInCompletion_IsJoinedOnce(string method, bool direct) =>
        JoinStalled(method, direct, its: (1, 1), mine: (1, 4),
            [new Part(0, PartKind.Joined, 1), new Part(1, PartKind.Read, 3)], joins: 1, reads: 1);

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))] // 91
    public void Start_AnothersReadOfTwoStalled_EachPageJoinsIt(string method, bool direct) =>
        JoinStalled(method, direct, its: (2, 2), mine: (0, 4),
            [new Part(0, PartKind.Read, 2), new Part(2, PartKind.Joined, 1), new Part(3, PartKind.Joined, 1)],
            joins: 2, reads: 1);

    private void JoinStalled(
        string method, bool direct, (uint First, int Count) its, (uint First, int Count) mine, Part[] parts, int joins,
        int reads)
    {
        using PoolSubject subject = Open(method, direct, temporary: false);
        using ForebaySession other = subject.Instance.OpenSession();
        using ManualResetEventSlim stalled = new();
        using ManualResetEventSlim go = new();
        int owner = other.Id;
        _holdPoints[HoldPoint.RawResult] = (in IoHandleView handle, ref int _) =>
        {
            if (handle.Owner != owner)
                return;
            stalled.Set();
            Assert.True(go.Wait(Background.Limit));
        };
        Task first = Background.Run(() =>
        {
            // Executed in this thread, by every method: so it is this thread that stalls.
            ReadRun run = new(other.Shared);
            BufferPin[] pins = new BufferPin[its.Count];
            int count = its.Count;
            run.Start(subject.Request, its.First, pins, 0, ref count, ReadRunFlags.Synchronous, mayWait: true);
            run.Wait();
            Array.ForEach(pins, other.Shared.Unpin);
        });
        try
        {
            Assert.True(stalled.Wait(Background.Limit));
            bool late = subject.ReadsWhenWaited;
            Task second = Background.Run(() => AssertSplit(
                subject, mine.First, mine.Count, late ? [new Part(0, PartKind.Read, mine.Count)] : parts));
            Background.Until(() => subject.Buffers.Counters.Joined > 0, "the second has joined");
            Assert.False(second.IsCompleted);
            go.Set();
            Background.Join(Task.WhenAll(first, second));
            if (!late)
                Assert.Equal(joins, subject.Buffers.Counters.Joined);
            Assert.Equal(reads, subject.Buffers.Counters.Reads);
            Assert.Equal(1, other.Counters.Reads);
        }
        finally
        {
            go.Set();
        }

        PoolFacts.AssertIdle(subject.Instance.Pool, subject.Buffers, other.Shared);
    }

    private PoolSubject Open(string method, bool direct, bool temporary, int combine = 16) =>
        new(method, direct, temporary, pages: 8, draft =>
        {
            draft.Combine = combine;
            draft.HoldPoints = _holdPoints;
        });

    /// <summary>Reads a range, run after run, waits for all at the end; gives the pages back.</summary>
    private static void AssertSplit(PoolSubject subject, uint first, int blocks, params Part[] expected)
    {
        BufferPin[] pins = new BufferPin[blocks];
        List<Part> parts = [];
        List<ReadRun> runs = [];
        for (int at = 0; at < blocks;)
        {
            ReadRun run = new(subject.Buffers);
            int count = blocks - at;
            ReadRunStart start = run.Start(
                subject.Request, first + (uint)at, pins, at, ref count, ReadRunFlags.None, mayWait: true);
            PartKind kind = start == ReadRunStart.Hit ? PartKind.Hit : run.HasJoined ? PartKind.Joined : PartKind.Read;
            parts.Add(new Part(at, kind, count));
            if (start != ReadRunStart.Hit)
                runs.Add(run);
            at += count;
        }

        runs.ForEach(run => run.Wait());
        Assert.Equal(expected, parts);
        for (int i = 0; i < blocks; i++)
            PoolScenario.Expect(subject.Buffers.Page(pins[i]), first + (uint)i);
        subject.Unpin(pins);
    }

    private enum PartKind
    {
        Hit,
        Read,
        Joined,
    }

    private readonly record struct Part(int Offset, PartKind Kind, int Count);
}
