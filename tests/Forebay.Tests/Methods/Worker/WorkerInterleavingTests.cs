using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.Worker;
using Forebay.Primitives;
using Forebay.Tests.Support;

namespace Forebay.Tests.Methods.Worker;

/// <summary>
/// Every order in which two workers, a submitter and a supervisor can take their steps, over the real queue. The steps
/// are the queue's critical sections; a worker that sleeps has no step before its word has moved. Whatever the order,
/// when nobody can move any more each operation has been executed once, by a worker or by its submitter.
/// </summary>
public sealed class WorkerInterleavingTests : IDisposable
{
    private const int Workers = 2;

    private readonly SharedSegment _segment;
    private readonly WorkerQueueLayout _layout;
    private readonly IoHandleTable _handles;

    public WorkerInterleavingTests()
    {
        SegmentLayout layout = new();
        IoHandleTableLayout handles = new(layout, sessions: 1, perSession: 16, combineMax: 1);
        _layout = new WorkerQueueLayout(layout);
        _segment = new SharedSegment(layout, hugePages: false);
        _handles = new IoHandleTable(_segment, handles);
    }

    public void Dispose() => _segment.Dispose();

    [Theory]
    [InlineData("1 1 1")] // single operations
    [InlineData("2 1")] // a batch, and one more
    [InlineData("1 -0 1")] // the lower worker is let go between two submissions
    [InlineData("1 -1 1")] // the higher one
    [InlineData("2 -0 -1 1")] // both
    [InlineData("1 -0")] // as above, and nobody comes after it who would wake the other by chance
    [InlineData("1 1 -1")]
    [InlineData("2 -0 -1")]
    [InlineData("1 !0 2")] // the worker that executes operation 0 dies of it
    [InlineData("!0 !1 2 1")] // both die of what they execute, one after the other
    public void Steps_InEveryOrder_ExecuteEachOperationOnce(string script)
    {
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();
        int runs = EveryOrder.Run(() => Start(script));
        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} orders");
        Assert.InRange(runs, 10, 2_000_000);
    }

    private Program Start(string script)
    {
        _segment.Array(_layout.Control)[0] = default;
        _segment.Array(_layout.Slots).Slice(0, WorkerOptions.WorkersLimit).Clear();
        return new Program(new WorkerQueue(_segment, _layout, _handles, new FakeTimeProvider()), script);
    }

    private sealed class Program : IParties
    {
        private const int Submitter = Workers;

        private readonly WorkerQueue _queue;
        private readonly string[] _script;
        private readonly WakeHistory[] _histories = new WakeHistory[Workers];
        private readonly WorkerTurn?[] _turns = new WorkerTurn?[Workers];
        private readonly bool[] _dying = new bool[Workers];
        private readonly HashSet<int> _deadly = [];
        private readonly List<int> _executed = [];
        private int _next;
        private int _submitted;

        public Program(WorkerQueue queue, string script)
        {
            _queue = queue;
            _script = script.Split(' ');
            _queue.SetMaxWorkers(Workers);
            for (int worker = 0; worker < Workers; worker++)
                _queue.Register(_queue.Reserve());
        }

        public int Count => Workers + 1;

        public int WhoCanMove(Span<int> movers)
        {
            int count = 0;
            for (int worker = 0; worker < Workers; worker++)
            {
                bool stuck = _turns[worker] is { } turn && (turn.Kind == WorkerTurnKind.Leave
                    || (turn.Kind == WorkerTurnKind.Sleep && !_queue.IsRoused(worker, turn.Value)));
                if (!stuck)
                    movers[count++] = worker;
            }

            if (_next < _script.Length)
                movers[count++] = Submitter;
            return count;
        }

        public void Move(int who)
        {
            if (who == Submitter)
                MoveSubmitter(_script[_next++]);
            else
                MoveWorker(who);
        }

        public void AssertEnd()
        {
            Assert.Equal(Enumerable.Range(0, _submitted), _executed.Order());
            Assert.Equal(0, _queue.Statistics(null).QueueDepth);
        }

        private void MoveSubmitter(string word)
        {
            if (word[0] == '-')
            {
                _queue.Dismiss(1u << int.Parse(word[1..]));
            }
            else if (word[0] == '!')
            {
                _deadly.Add(int.Parse(word[1..]));
            }
            else
            {
                int[] handles = [.. Enumerable.Range(_submitted, int.Parse(word))];
                _submitted += handles.Length;
                _executed.AddRange(handles[_queue.Put(handles)..]);
            }
        }

        private void MoveWorker(int worker)
        {
            if (_turns[worker] is { Kind: WorkerTurnKind.Execute } busy)
            {
                _executed.Add(busy.Value);
                _dying[worker] = _deadly.Contains(busy.Value);
                _queue.Finish(worker);
                _turns[worker] = null;
                return;
            }

            if (_turns[worker] is { Kind: WorkerTurnKind.Sleep })
                _histories[worker].CountWakeUp();
            WorkerTurn turn = _queue.Next(worker, _dying[worker], _histories[worker].MayWakeOthers);
            _dying[worker] = false;
            if (turn.Kind == WorkerTurnKind.Execute)
                _histories[worker].CountOperation();
            _turns[worker] = turn;
        }
    }
}
