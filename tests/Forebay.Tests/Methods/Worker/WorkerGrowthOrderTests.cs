using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.Worker;
using Forebay.Primitives;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Methods.Worker;

/// <summary>
/// Every order in which a submitter, a worker and the supervisor can take their steps towards growth, over the real
/// queue. Whatever the order, the supervisor never sleeps for a signal alone while growth is wanted and permitted.
/// </summary>
public sealed class WorkerGrowthOrderTests : IDisposable
{
    private const int MaxWorkers = 2;

    private readonly SharedSegment _segment;
    private readonly WorkerQueueLayout _layout;
    private readonly IoHandleTable _handles;

    public WorkerGrowthOrderTests()
    {
        SegmentLayout layout = new();
        IoHandleTableLayout handles = new(layout, sessions: 1, perSession: 16, combineMax: 1);
        _layout = new WorkerQueueLayout(layout);
        _segment = new SharedSegment(layout, hugePages: false);
        _handles = new IoHandleTable(_segment, handles);
    }

    public void Dispose() => _segment.Dispose();

    [Theory]
    [InlineData(0)] // growth is permitted at once
    [InlineData(1)] // the first time it is wanted, the launch interval is not over
    public void Growth_WantedInAnyOrder_IsNeverSleptThrough(int gates)
    {
        using Invariant.TestScope scope = Invariant.ThrowOnThisThread();
        int runs = EveryOrder.Run(() =>
        {
            _segment.Array(_layout.Control)[0] = default;
            _segment.Array(_layout.Counters)[0] = default;
            _segment.Array(_layout.Slots).Slice(0, WorkerOptions.WorkersLimit).Clear();
            return new Growth(new WorkerQueue(_segment, _layout, _handles, new FakeTimeProvider()), gates);
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} orders");
        Assert.InRange(runs, 10_000, 20_000_000);
    }

    private sealed class Growth : IParties
    {
        private const int Worker = 0;
        private const int Submitter = 1;
        private const int Supervisor = 2;

        // A third batch shows what only a suppressed second signal can bring about, but makes a minute of orders.
        private static readonly int[][] s_batches = Stress.Factor > 1 ? [[0, 1], [2], [3]] : [[0, 1], [2]];

        private readonly WorkerQueue _queue;
        private int _gatesLeft;
        private int _nextBatch;
        private WorkerTurn? _turn;
        private int _ticket;
        private WorkerPoolReading? _reading;
        private bool _asleep;
        private bool _gated;

        public Growth(WorkerQueue queue, int gates)
        {
            _queue = queue;
            _gatesLeft = gates;
            _queue.SetMaxWorkers(MaxWorkers);
            _queue.Register(_queue.Reserve());
        }

        public int Count => 3;

        public int WhoCanMove(Span<int> movers)
        {
            int count = 0;
            if (_turn is not { Kind: WorkerTurnKind.Sleep } sleep || _queue.IsRoused(Worker, sleep.Value))
                movers[count++] = Worker;
            if (_nextBatch < s_batches.Length)
                movers[count++] = Submitter;
            if (!_asleep || _gated || _queue.SupervisorTicket != _ticket)
                movers[count++] = Supervisor;
            return count;
        }

        public void Move(int who)
        {
            switch (who)
            {
                case Worker:
                    MoveWorker();
                    break;
                case Submitter:
                    Assert.Equal(s_batches[_nextBatch].Length, _queue.Put(s_batches[_nextBatch]));
                    _nextBatch++;
                    break;
                default:
                    MoveSupervisor();
                    break;
            }

            WorkerPoolReading pool = _queue.ReadPool();
            Assert.False(_asleep && !_gated && _queue.SupervisorTicket == _ticket
                && pool.GrowWanted && pool.Workers < MaxWorkers,
                "growth is wanted, and the supervisor sleeps for ever");
        }

        public void AssertEnd() => Assert.Equal(0, _queue.Statistics(null).QueueDepth);

        private void MoveWorker()
        {
            if (_turn is { Kind: WorkerTurnKind.Execute })
            {
                _queue.Finish(Worker);
                _turn = null;
            }
            else
            {
                _turn = _queue.Next(Worker, dying: false, mayWake: true);
            }
        }

        // Three steps, as in its loop: take the ticket and read the pool; decide, and look once more; wake.
        private void MoveSupervisor()
        {
            if (_asleep)
            {
                _asleep = _gated = false;
            }
            else if (_reading is not { } pool)
            {
                _ticket = _queue.SupervisorTicket;
                _reading = _queue.ReadPool();
            }
            else
            {
                _reading = null;
                bool growing = pool.GrowWanted && pool.Workers < MaxWorkers;
                bool gated = growing && _gatesLeft > 0;
                if (gated)
                    _gatesLeft--;
                if (growing && !gated)
                    _queue.Reserve(); // its thread starts at some later time
                else if (_queue.MaySleep(pool.GrowWanted, gated))
                    (_asleep, _gated) = (true, gated);
            }
        }
    }
}
