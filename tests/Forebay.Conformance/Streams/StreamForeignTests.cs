using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Streams;

/// <summary>A stream that meets pages which another session is reading at that moment.</summary>
public sealed class StreamForeignTests
{
    private const int RelationPages = 64;

    public static TheoryData<string, uint, int> MethodsAndRuns
    {
        get
        {
            TheoryData<string, uint, int> data = [];
            foreach (string method in StreamScenario.Methods.Select(row => row.Data))
            {
                foreach ((uint block, int count) in ((uint, int)[])[(0, 1), (5, 1), (2, 2), (6, 4), (0, 12)])
                    data.Add(method, block, count);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(MethodsAndRuns))]
    public void TryNext_PagesUnderAnothersRead_AreJoinedAndNotReadAgain(string method, uint block, int count)
    {
        using Meeting meeting = new(method);
        meeting.BeginForeignRead(block, count);
        uint[] blocks = [.. Enumerable.Range(0, 12).Select(i => (uint)i)];

        Task stream = meeting.BeginStream(blocks);
        Background.Until(() => meeting.Counters.Joined > 0, "the stream joins the other's read");
        Assert.False(stream.IsCompleted);
        meeting.LetGo();

        Background.Join(stream);
        Background.Join(meeting.Foreign);
        Assert.Equal(blocks.Length - count, meeting.Counters.BlocksRead);
        Assert.True(meeting.Counters.Waits > 0);
        meeting.ExpectNoPins();
    }

    [Theory, MemberData(nameof(MethodsAndRuns))]
    public void TryNext_AnothersReadFails_ReadsThePagesItself(string method, uint block, int count)
    {
        using Meeting meeting = new(method, foreignErrno: (int)Errno.InputOutput);
        meeting.BeginForeignRead(block, count);
        uint[] blocks = [.. Enumerable.Range(0, 12).Select(i => (uint)i)];

        Task stream = meeting.BeginStream(blocks);
        Background.Until(() => meeting.Counters.Joined > 0, "the stream joins the other's read");
        meeting.LetGo();

        Background.Join(stream); // every page came, and the right one
        Exception? failure = Record.Exception(() => Background.Join(meeting.Foreign));
        if (count == 1 || failure is not null)
            Assert.Equal((int)Errno.InputOutput, Assert.IsType<StorageException>(failure).Errno);
        // A run of several is asked for again in halves, and may by then find what the stream has read.
        meeting.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_BlocksAfterAForeignOneInJumps_KeepTheirOrder(string method)
    {
        using Meeting meeting = new(method);
        meeting.BeginForeignRead(3, 2);
        uint[] blocks = [20, 3, 30, 4, 3, 10, 11, 12, 4, 40];

        Task stream = meeting.BeginStream(blocks);
        Background.Until(() => meeting.Counters.Joined > 0, "the stream joins the other's read");
        meeting.LetGo();

        Background.Join(stream);
        Background.Join(meeting.Foreign);
        Assert.Equal(6, meeting.Counters.BlocksRead);
        meeting.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void Dispose_WhileAForeignReadIsJoined_LeavesNoPinAndTheReadGoesOn(string method)
    {
        using Meeting meeting = new(method);
        meeting.BeginForeignRead(1, 2);
        using (ReadStream stream = meeting.Scenario.Open(
            BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full, CombineLimit = 1 }))
        {
            StreamScenario.Expect(stream, 0); // looks ahead over the foreign blocks
        }

        Assert.Equal(0, meeting.Scenario.Buffers.Ledger.Count);
        meeting.LetGo();
        Background.Join(meeting.Foreign);
        meeting.ExpectNoPins();
    }

    /// <summary>A scenario in which another session's reads are held before they reach the method.</summary>
    private sealed class Meeting : IDisposable
    {
        private readonly ManualResetEventSlim _reached = new();
        private readonly ManualResetEventSlim _go = new();
        private readonly ForebaySession _other;

        public Meeting(string method, int foreignErrno = 0)
        {
            ScriptedHoldPoints points = new();
            Scenario = new StreamScenario(
                method, relationPages: RelationPages, change: draft => draft.HoldPoints = points);
            _other = Scenario.Instance.OpenSession();
            int other = _other.Id;
            points[HoldPoint.BeforeSubmit] = (in IoHandleView handle, ref int _) =>
            {
                if (handle.Owner != other)
                    return;
                _reached.Set();
                _go.Wait(Background.Limit);
            };
            points[HoldPoint.RawResult] = (in IoHandleView handle, ref int result) =>
                result = handle.Owner == other && foreignErrno != 0 ? -foreignErrno : result;
        }

        public StreamScenario Scenario { get; }

        public Task Foreign { get; private set; } = Task.CompletedTask;

        public BufferCounters Counters => Scenario.Buffers.Counters;

        public void BeginForeignRead(uint block, int count)
        {
            Foreign = Background.Run(() =>
            {
                BufferPin[] pins = new BufferPin[count];
                ReadRun run = new(_other.Shared);
                try
                {
                    int started = count;
                    run.Start(new ReadRunRequest(Scenario.Pool.Fork, null, 0), block, pins, 0, ref started,
                        ReadRunFlags.None, mayWait: true);
                    run.Wait();
                }
                finally
                {
                    Array.ForEach(pins, _other.Shared.Unpin);
                }
            });
            Assert.True(_reached.Wait(Background.Limit), "the other session's read is under way");
        }

        public Task BeginStream(uint[] blocks) => Background.Run(() =>
        {
            using ReadStream stream = Scenario.Open(blocks);
            StreamScenario.ExpectAll(stream, blocks);
        });

        public void LetGo() => _go.Set();

        public void ExpectNoPins()
        {
            _other.Dispose();
            Scenario.ExpectNoPins();
        }

        public void Dispose()
        {
            LetGo();
            SpinWait.SpinUntil(() => Foreign.IsCompleted, Background.Limit);
            _other.Dispose();
            Scenario.Dispose();
            _reached.Dispose();
            _go.Dispose();
        }
    }
}
