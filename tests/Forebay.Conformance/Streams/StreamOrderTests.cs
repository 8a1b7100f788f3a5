using Forebay.Streams;

namespace Forebay.Conformance.Streams;

/// <summary>Sequences whose runs are known beforehand.</summary>
public sealed class StreamOrderTests
{
    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_UpAndDown_DeliversInTheSourcesOrder(string method)
    {
        using StreamScenario scenario = new(method);
        uint[] blocks = [0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0];
        for (int pass = 0; pass < 2; pass++)
        {
            using ReadStream stream = scenario.Open(blocks);
            StreamScenario.ExpectAll(stream, blocks);
        }

        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_RepeatsWithoutCombining_ReadsEachBlockOnce(string method)
    {
        using StreamScenario scenario = new(method);
        uint[] blocks = [0, 2, 2, 4, 4];
        ReadStreamOptions options = new() { CombineLimit = 1 };
        for (int pass = 0; pass < 2; pass++)
        {
            using ReadStream stream = scenario.Open(blocks, options);
            StreamScenario.ExpectAll(stream, blocks);
        }

        Assert.Equal(3, scenario.Buffers.Counters.Reads);
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_WholeRange_CombinesToTheLimit(string method)
    {
        using StreamScenario scenario = new(method, relationPages: 512);
        using ReadStream stream = scenario.Open(BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        StreamScenario.ExpectAll(stream, Enumerable.Range(0, 512).Select(i => (uint)i));

        Assert.Equal(512, scenario.Buffers.Counters.BlocksRead);
        Assert.Equal(32, scenario.Buffers.Counters.Reads);
        Assert.Equal(16, stream.Statistics.BlocksPerOperation);
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_RangeOverSegments_SplitsAtTheirEnds(string method)
    {
        using StreamScenario scenario = new(method, relationPages: 60, change: draft => draft.SegmentBlocks = 7);
        using ReadStream stream = scenario.Open(BlockRange.All, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        StreamScenario.ExpectAll(stream, Enumerable.Range(0, 60).Select(i => (uint)i));
        scenario.ExpectNoPins();
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void BlockRangeAll_ForkGrewSinceTheStart_EndsAtTheSizeOfTheStart(string method)
    {
        using StreamScenario scenario = new(method, relationPages: 10);
        using ReadStream<BlockRange> stream = scenario.Open(BlockRange.All);
        StreamScenario.Expect(stream, 0);
        scenario.Session.Io.WaitForAll(); // the file is written anew
        scenario.Pool.WritePages(20);

        StreamScenario.ExpectAll(stream, Enumerable.Range(1, 9).Select(i => (uint)i));
        stream.Reset(new BlockRange(10));
        StreamScenario.ExpectAll(stream, Enumerable.Range(10, 10).Select(i => (uint)i));
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNextBlock_BeforeAnyPage_ConsumesANumberWithoutReading(string method)
    {
        using StreamScenario scenario = new(method);
        using ReadStream<BlockSequence> stream = scenario.Open(BlockSequence.From(7, 8, 20, 21));
        Assert.True(stream.TryNextBlock(out uint block));
        Assert.Equal(7u, block);
        Assert.Equal(0, scenario.Buffers.Counters.Reads);

        StreamScenario.Expect(stream, 8);
        Assert.Throws<InvalidOperationException>(() => stream.TryNextBlock(out _));
        StreamScenario.ExpectAll(stream, [20, 21]);
        Assert.False(stream.TryNextBlock(out _));
    }
}
