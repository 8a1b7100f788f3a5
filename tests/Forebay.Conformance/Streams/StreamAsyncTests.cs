using Forebay.Handles;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Streams;

/// <summary>The awaitable form: same pages, cancellation that only ends the waiting, no allocation.</summary>
public sealed class StreamAsyncTests
{
    private const int Blocks = 200;

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task NextAsync_WholeRange_DeliversEveryPage(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 64);
        for (int pass = 0; pass < 3; pass++)
        {
            using ReadStream stream = scenario.Open(BlockRange.All);
            uint block = 0;
            while (await stream.NextAsync(TestContext.Current.CancellationToken))
            {
                using PinnedPage page = stream.Current;
                StreamScenario.ExpectPage(page, block++);
            }

            Assert.Equal((uint)Blocks, block);
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task AwaitForeach_LeftEarly_LeavesTheStreamUsable(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        using ReadStream stream = scenario.Open(BlockRange.All);
        uint block = 0;
        await foreach (PinnedPage page in stream)
        {
            using (page)
                StreamScenario.ExpectPage(page, block++);
            if (block == 50)
                break;
        }

        StreamScenario.ExpectAll(stream, Enumerable.Range(50, Blocks - 50).Select(i => (uint)i));
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task NextAsync_CancelledInEachWait_DeliversThePageNextTime(string method)
    {
        ScriptedHoldPoints points = new();
        using StreamScenario scenario = new(method, relationPages: 60, change: draft => draft.HoldPoints = points);
        using ReadStream stream = scenario.Open(BlockRange.All);
        for (uint block = 0; block < 60; block++)
        {
            using CancellationTokenSource stop = new();
            Task<bool> next;
            using (ManualResetEventSlim gate = new())
            {
                if (method == "worker") // only there can an operation be held without holding its issuer
                {
                    int issuer = Environment.CurrentManagedThreadId;
                    points[HoldPoint.BeforeExecute] = (in IoHandleView _, ref int _) =>
                    {
                        // which executes what the queue has no room for
                        if (Environment.CurrentManagedThreadId != issuer)
                            gate.Wait(TimeSpan.FromSeconds(60));
                    };
                }

                next = stream.NextAsync(stop.Token).AsTask();
                bool isPending = !next.IsCompleted;
                await stop.CancelAsync();
                try
                {
                    Assert.True(await next);
                }
                catch (OperationCanceledException)
                {
                    Assert.True(isPending);
                    points[HoldPoint.BeforeExecute] = null;
                    gate.Set();
                    Assert.True(await stream.NextAsync(TestContext.Current.CancellationToken));
                }

                points[HoldPoint.BeforeExecute] = null;
                gate.Set();
                scenario.Session.Io.WaitForAll();
            }

            using PinnedPage page = stream.Current;
            StreamScenario.ExpectPage(page, block);
        }

        Assert.False(await stream.NextAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await stream.NextAsync(new CancellationToken(canceled: true)));
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public async Task NextAsync_CancelledAtTheNthWait_LosesNoPage(string method)
    {
        const int PagesRead = 60;
        using StreamScenario scenario = new(method, relationPages: PagesRead, direct: IsDirectPossible(method));
        int waits;
        int n = 1;
        do
        {
            Assert.True(n <= PagesRead + 1, "the scenario never passes");
            scenario.Forget();
            waits = 0;
            using ReadStream stream = scenario.Open(BlockRange.All, new ReadStreamOptions { CombineLimit = 2 });
            for (uint block = 0; block < PagesRead; block++)
            {
                using CancellationTokenSource stop = new();
                Task<bool> next = stream.NextAsync(stop.Token).AsTask();
                if (!next.IsCompleted && ++waits == n)
                    await stop.CancelAsync();
                if (!await IsThereAsync(next))
                    Assert.True(await stream.NextAsync(TestContext.Current.CancellationToken));
                using PinnedPage page = stream.Current;
                StreamScenario.ExpectPage(page, block);
            }

            Assert.False(await stream.NextAsync(TestContext.Current.CancellationToken));
            n++;
        }
        while (waits >= n - 1);
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_WithData_SteadyStateAllocatesNothing(string method)
    {
        using StreamScenario scenario = new(method, relationPages: 2000, poolPages: 256);
        using ReadStream<CountingSource, uint> stream = scenario.Open<CountingSource, uint>(
            default, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        TakeWithData(stream, 1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TakeWithData(stream, 900);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_SteadyState_AllocatesNothing(string method)
    {
        using StreamScenario scenario = new(method, relationPages: 2000, poolPages: 256);
        using ReadStream stream = scenario.Open(
            BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching });
        Take(stream, 1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Take(stream, 900);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void NextAsync_PagesPresent_CompletesAtOnceAndAllocatesNothing(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 512);
        using ReadStream<BlockRange> stream = scenario.Open(BlockRange.All);
        Take(stream, Blocks);
        stream.Reset(BlockRange.All);
        TakeAsync(stream, 100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        TakeAsync(stream, 90);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Past the page cache an operation takes its time, and so is waited for.
    private static bool IsDirectPossible(string method)
    {
        try
        {
            using StreamScenario scenario = new(method, direct: true, relationPages: 1);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>False if it was cancelled; it may also have been too late for that.</summary>
    private static async Task<bool> IsThereAsync(Task<bool> next)
    {
        try
        {
            return await next;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static void TakeWithData(ReadStream<CountingSource, uint> stream, int pages)
    {
        for (int i = 0; i < pages; i++)
        {
            if (!stream.TryNext(out PinnedPage page, out uint data) || page.Block != data)
                throw new InvalidOperationException("A page came with the data of another.");
            page.Dispose();
        }
    }

    private static void Take(ReadStream stream, int pages)
    {
        for (int i = 0; i < pages; i++)
        {
            stream.TryNext(out PinnedPage page);
            page.Dispose();
        }
    }

    private static void TakeAsync(ReadStream stream, int pages)
    {
        for (int i = 0; i < pages; i++)
        {
            if (!IsThere(stream.NextAsync()))
                throw new InvalidOperationException("A page that was present was waited for.");
            stream.Current.Dispose();
        }
    }

    private static bool IsThere(ValueTask<bool> next) => next.IsCompletedSuccessfully && next.Result;

    private struct CountingSource : IBlockSource<uint>
    {
        private uint _next;

        public bool TryNext(ref uint data, out uint block)
        {
            data = block = _next++;
            return block < 2000;
        }
    }
}
