using Forebay.Streams;

namespace Forebay.Conformance.Streams;

/// <summary>Pause, resume, reset, early ends, data beside the pages, budgets.</summary>
public sealed class StreamControlTests
{
    private const int Blocks = 120;

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void Pause_AtAnyPage_DeliversWhatIsReadyAndGoesOnLater(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks);
        for (uint at = 0; at < 60; at += 3)
        {
            if (at % 2 == 0)
                scenario.Forget();
            using ReadStream stream = scenario.Open(BlockRange.All);
            uint next = 0;
            while (next < at)
                StreamScenario.Expect(stream, next++);
            stream.Pause();
            while (stream.TryNext(out PinnedPage page))
            {
                using (page)
                    StreamScenario.ExpectPage(page, next++);
            }

            Assert.True(next < Blocks || at >= 10); // near the beginning it has not looked far ahead yet
            Assert.Equal(0, scenario.Buffers.Ledger.Count);
            stream.Resume();
            StreamScenario.ExpectAll(stream, Enumerable.Range((int)next, Blocks - (int)next).Select(i => (uint)i));
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void Resume_AfterTheEnd_AsksTheSourceAgain(string method)
    {
        using StreamScenario scenario = new(method);
        using ReadStream<BlockSequence> stream = scenario.Open(BlockSequence.From(1, 2));
        StreamScenario.ExpectAll(stream, [1, 2]);
        stream.Source = BlockSequence.From(9, 10);
        StreamScenario.ExpectEnd(stream);
        stream.Resume();
        StreamScenario.ExpectAll(stream, [9, 10]);
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void Reset_WithOperationsInFlight_BeginsAnewAndGivesAllPinsBack(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 512);
        ReadStreamOptions options = new() { Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching };
        using ReadStream<BlockRange> stream = scenario.Open(BlockRange.All, options);
        for (uint taken = 0; taken < 40; taken++)
        {
            scenario.Forget();
            stream.Reset(BlockRange.All);
            for (uint block = 0; block < taken; block++)
                StreamScenario.Expect(stream, block);
            stream.Reset();
            Assert.Equal(0, scenario.Buffers.Ledger.Count);
        }

        stream.Reset(BlockRange.All);
        StreamScenario.ExpectAll(stream, Enumerable.Range(0, Blocks).Select(i => (uint)i));
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void Dispose_AtEveryPage_LeavesNoPin(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 512);
        for (uint taken = 0; taken < Blocks; taken += 5)
        {
            scenario.Forget();
            using (ReadStream stream = scenario.Open(BlockRange.All))
            {
                for (uint block = 0; block < taken; block++)
                    StreamScenario.Expect(stream, block);
            }

            Assert.Equal(0, scenario.Buffers.Ledger.Count);
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_WithData_FindsBesideEachPageWhatWasRemembered(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 32);
        Random random = new(4711);
        for (int round = 0; round < 20; round++)
        {
            uint[] blocks = [.. Enumerable.Range(0, 150).Select(i =>
                random.Next(3) == 0 ? (uint)random.Next(Blocks) : (uint)(i % Blocks))];
            ReadStreamOptions options = new() { CombineLimit = random.Next(1, 9), Concurrency = random.Next(0, 9) };
            using ReadStream<NumberedSource, string> stream = scenario.Open<NumberedSource, string>(
                new NumberedSource(blocks), options);
            for (int i = 0; i < blocks.Length; i++)
            {
                Assert.True(stream.TryNext(out PinnedPage page, out string data), $"round {round}, page {i}");
                using (page)
                    StreamScenario.ExpectPage(page, blocks[i]);
                Assert.Equal($"{i}: {blocks[i]}", data);
                Assert.Equal(data, stream.CurrentData);
            }

            StreamScenario.ExpectEnd(stream);
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_SeveralSessions_StayWithinTheirShares(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 64);
        using ForebaySession other = scenario.Instance.OpenSession();
        using ReadStream stream = scenario.Open(BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        for (uint block = 0; block < Blocks; block++)
        {
            StreamScenario.Expect(stream, block);
            Assert.True(scenario.Buffers.Ledger.Count <= scenario.Buffers.Shares.PerSession);
        }

        StreamScenario.ExpectEnd(stream);
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_OneHandleAndTwoStreams_BothGetOn(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 64, change: draft =>
        {
            draft.Concurrency = 1;
            draft.Combine = 1;
        });
        using ReadStream up = scenario.Open(BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        using ReadStream down = scenario.Open(
            [.. Enumerable.Range(0, Blocks).Select(i => (uint)(Blocks - 1 - i))],
            new ReadStreamOptions { Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching });
        for (uint block = 0; block < Blocks; block++)
        {
            StreamScenario.Expect(up, block);
            StreamScenario.Expect(down, Blocks - 1 - block);
        }

        StreamScenario.ExpectEnd(up);
        StreamScenario.ExpectEnd(down);
        scenario.ExpectNoPins();
    }

    [Fact]
    public void TryNext_EachReadWaitedFor_ReachesFullDistance()
    {
        using StreamScenario scenario = new("sync", relationPages: 1000, poolPages: 2048);
        using ReadStream stream = scenario.Open(BlockRange.All, new ReadStreamOptions { Concurrency = 16 });
        int capacity = stream.Statistics.DistanceCapacity;
        Assert.Equal(17 * 16, capacity);
        for (uint block = 0; block < 600; block++)
            StreamScenario.Expect(stream, block);

        // One operation is over and being consumed while all others are in flight; the page handed out is gone already.
        Assert.Equal(capacity - 1, stream.Statistics.DistanceMax);
        // A full stream starts new ones once there is room for several, at most a third of them.
        Assert.InRange(stream.Statistics.Operations - stream.Statistics.Waits, 16 - 5, 16);
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void PinnedPage_GivenBack_IsNeverMistakenForTheNextInItsFrame(string method)
    {
        using StreamScenario scenario = new(method);
        using ReadStream stream = scenario.Open([3, 3, 3, 3]);
        Assert.True(stream.TryNext(out PinnedPage first));
        PinnedPage copy = first;
        first.Dispose();
        Assert.True(stream.TryNext(out PinnedPage second));

        Assert.False(copy.IsValid);
        Assert.Throws<ObjectDisposedException>(() => copy.Block);
        copy.Dispose(); // harmless: it is not the second page's hold
        StreamScenario.ExpectPage(second, 3);
        second.Dispose();
        default(PinnedPage).Dispose();
    }

    private struct NumberedSource(uint[] blocks) : IBlockSource<string>
    {
        private int _next;

        public bool TryNext(ref string data, out uint block)
        {
            Assert.Null(data);
            block = 0;
            if (_next == blocks.Length)
                return false;
            block = blocks[_next];
            data = $"{_next++}: {block}";
            return true;
        }
    }
}
