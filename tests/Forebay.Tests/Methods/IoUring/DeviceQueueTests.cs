using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

public sealed class DeviceQueueTests : IDisposable
{
    private const int Handles = 64;

    private readonly SharedSegment _segment;
    private readonly SegmentArray<DeviceQueueRecord> _record;
    private readonly IoHandleTable _handles;

    public DeviceQueueTests()
    {
        SegmentLayout layout = new();
        IoHandleTableLayout handles = new(layout, sessions: 1, perSession: Handles, combineMax: 1);
        IoUringLayout device = new(layout);
        _segment = new SharedSegment(layout, hugePages: false);
        _handles = new IoHandleTable(_segment, handles);
        _record = _segment.Array(device.Device);
    }

    public void Dispose() => _segment.Dispose();

    [Fact]
    public void Reserve_UpToTheBudget_GrantsWhatIsLeft()
    {
        DeviceQueue queue = new(_record, _handles, 5);
        Assert.Equal(3, queue.Reserve(3));
        Assert.Equal(2, queue.Reserve(3));
        Assert.Equal(0, queue.Reserve(1));
        queue.Release(4);
        Assert.Equal(1, queue.InFlight);
        Assert.Equal(4, queue.Reserve(9));
    }

    [Fact]
    public void Take_Appended_ComeInOrderAndHoldBudget()
    {
        DeviceQueue queue = new(_record, _handles, 3);
        queue.Append([5, 9]);
        queue.Append([2, 40, 7]);
        int[] taken = new int[8];

        Assert.Equal(3, queue.Take(taken));

        Assert.Equal([5, 9, 2], taken[..3]);
        Assert.Equal(3, queue.InFlight);
        Assert.Equal(2, queue.Count);
        Assert.Equal(0, queue.Take(taken));
        queue.Release(3);
        Assert.Equal(2, queue.Take(taken));
        Assert.Equal([40, 7], taken[..2]);
        Assert.Equal(0, queue.Count);
        Assert.Equal(5, queue.Queued);
    }

    [Fact]
    public void Take_LessRoomThanBudget_TakesWhatFits()
    {
        DeviceQueue queue = new(_record, _handles, 10);
        queue.Append([1, 2, 3]);
        int[] taken = new int[2];
        Assert.Equal(2, queue.Take(taken));
        Assert.Equal(1, queue.Take(taken));
        Assert.Equal(3, taken[0]);
        Assert.Equal(3, queue.InFlight);
    }

    [Fact]
    public void PutBack_SomeOfTheTaken_GoBeforeTheRestInTheirOrder()
    {
        DeviceQueue queue = new(_record, _handles, 4);
        queue.Append([1, 2, 3, 4, 5]);
        int[] taken = new int[4];
        Assert.Equal(4, queue.Take(taken));

        Assert.False(queue.PutBack(taken.AsSpan(1, 3)));

        Assert.Equal(1, queue.InFlight);
        Assert.Equal(4, queue.Count);
        Assert.Equal(3, queue.Take(taken));
        Assert.Equal([2, 3, 4], taken[..3]);
    }

    /// <summary>Nobody else holds budget, so nobody else will come to the queue: the caller has to.</summary>
    [Fact]
    public void PutBack_WhileNobodyHoldsBudget_TellsTheCallerToTryAgain()
    {
        DeviceQueue queue = new(_record, _handles, 4);
        queue.Append([1, 2, 3]);
        int[] taken = new int[4];
        Assert.Equal(3, queue.Take(taken));
        queue.Release(1);

        Assert.True(queue.PutBack(taken.AsSpan(1, 2)));

        Assert.Equal(0, queue.InFlight);
        Assert.Equal(2, queue.Take(taken));
    }

    [Fact]
    public void Prepend_EmptyOrNot_ComesFirstAndAppendStillWorks()
    {
        DeviceQueue queue = new(_record, _handles, 8);
        queue.Prepend(6);
        queue.Append([7]);
        queue.Prepend(5);
        int[] taken = new int[8];
        Assert.Equal(3, queue.Take(taken));
        Assert.Equal([5, 6, 7], taken[..3]);
    }

    /// <summary>
    /// Each thread reserves or queues, takes and releases, by the queue's own rules. At the end nothing is left, and
    /// each handle came out as often as it went in.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    public void Queue_ManyThreadsBySmallBudget_NothingIsForgottenOrDoubled(int seed, int budget)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        const int Threads = 4;
        const int PerThread = Handles / Threads;
        const int Rounds = 4000;
        DeviceQueue queue = new(_record, _handles, budget);
        int[] inside = new int[Handles];
        long finished = 0;
        int inFlightMax = 0;
        Task[] threads = [.. Enumerable.Range(0, Threads).Select(n => Background.Run(() => Work(n)))];

        Background.Join(Task.WhenAll(threads));

        Assert.Equal(Threads * Rounds, Volatile.Read(ref finished));
        Assert.Equal(0, queue.Count);
        Assert.Equal(0, queue.InFlight);
        Assert.InRange(inFlightMax, 1, budget);

        void Work(int thread)
        {
            Random random = new(seed * 100 + thread);
            for (int round = 0; round < Rounds; round++)
            {
                // A handle of our own that is out: everybody completes everybody's, so it comes.
                int handle = thread * PerThread + random.Next(PerThread);
                SpinWait.SpinUntil(() => Volatile.Read(ref inside[handle]) == 0);
                Assert.Equal(0, Interlocked.Exchange(ref inside[handle], 1));
                if (queue.Count == 0 && queue.Reserve(1) == 1)
                {
                    Finish([handle]);
                    continue;
                }

                queue.Append([handle]);
                Pump();
            }
        }

        void Pump()
        {
            Span<int> taken = stackalloc int[3];
            while (queue.Take(taken) is var count and > 0)
                Finish(taken[..count]);
        }

        void Finish(ReadOnlySpan<int> handles)
        {
            InterlockedMax(ref inFlightMax, queue.InFlight);
            foreach (int handle in handles)
                Assert.Equal(1, Interlocked.Exchange(ref inside[handle], 0));
            Interlocked.Add(ref finished, handles.Length);
            queue.Release(handles.Length);
            if (queue.Count > 0)
                Pump();
        }
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen)
            seen = Interlocked.CompareExchange(ref target, value, seen) is var found && found == seen ? value : found;
    }
}
