using Forebay.Streams;

namespace Forebay.Conformance.Streams;

/// <summary>The stream against a plain loop over the same blocks: same pages, same order, no pin left.</summary>
public sealed class StreamModelTests
{
    private const int Blocks = 200;

    public static TheoryData<string, int, int, int, ReadStreamFlags> Shapes
    {
        get
        {
            TheoryData<string, int, int, int, ReadStreamFlags> data = [];
            foreach (string method in StreamScenario.Methods.Select(row => row.Data))
            {
                foreach (int poolPages in (int[])[16, 40, 512])
                {
                    foreach ((int concurrency, int combine) in ((int, int)[])
                        [(0, 1), (0, 16), (1, 1), (1, 16), (2, 3), (16, 16), (64, 1), (64, 7)])
                        data.Add(method, poolPages, concurrency, combine, ReadStreamFlags.None);
                }

                data.Add(method, 64, 16, 16, ReadStreamFlags.Full | ReadStreamFlags.UseBatching);
                data.Add(method, 16, 4, 4, ReadStreamFlags.UseBatching);
                data.Add(method, 512, 64, 1, ReadStreamFlags.UseBatching | ReadStreamFlags.Maintenance);
                data.Add(method, 64, 16, 16, ReadStreamFlags.Full | ReadStreamFlags.Sequential);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Shapes))]
    public void TryNext_SeededSequences_DeliverWhatAPlainLoopWould(
        string method, int poolPages, int concurrency, int combine, ReadStreamFlags flags)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: poolPages,
            change: draft => draft.SegmentBlocks = 37);
        ReadStreamOptions options = new() { Concurrency = concurrency, CombineLimit = combine, Flags = flags };
        int seed = (poolPages * 10_000) + (concurrency * 100) + combine;
        Random random = new(seed);
        for (int round = 0; round < 12; round++)
        {
            uint[] blocks = Sequence(random, round);
            try
            {
                using (ReadStream stream = scenario.Open(blocks, options))
                {
                    StreamScenario.ExpectAll(stream, blocks);
                    Assert.Equal(blocks.Length, stream.Statistics.PagesReturned);
                    Assert.True(stream.Statistics.DistanceMax <= stream.Statistics.DistanceCapacity);
                }

                scenario.ExpectNoPins();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, round {round}: {e.Message}", e);
            }

            if (random.Next(3) == 0)
                scenario.Forget();
        }
    }

    [Theory, MemberData(nameof(StreamScenario.Methods), MemberType = typeof(StreamScenario))]
    public void TryNext_ConsumerKeepsPages_DeliversTheRest(string method)
    {
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 64);
        Queue<PinnedPage> kept = [];
        using ReadStream stream = scenario.Open(BlockRange.All);
        for (uint block = 0; block < Blocks; block++)
        {
            Assert.True(stream.TryNext(out PinnedPage page));
            StreamScenario.ExpectPage(page, block);
            kept.Enqueue(page);
            if (kept.Count > 40)
                kept.Dequeue().Dispose();
        }

        uint first = Blocks - (uint)kept.Count;
        foreach (PinnedPage page in kept)
        {
            StreamScenario.ExpectPage(page, first++);
            page.Dispose();
        }

        StreamScenario.ExpectEnd(stream);
        scenario.ExpectNoPins();
    }

    /// <summary>Runs, jumps, repeats, steps back and skips, in a mixture that differs from round to round.</summary>
    private static uint[] Sequence(Random random, int round)
    {
        List<uint> blocks = [];
        while (blocks.Count < 250)
        {
            uint at = (uint)random.Next(Blocks);
            int length = random.Next(1, 40);
            switch (random.Next(round < 2 ? 1 : 6))
            {
                case 0:
                    for (int i = 0; i < length && at < Blocks; i++)
                        blocks.Add(at++);
                    break;
                case 1:
                    blocks.Add(at);
                    break;
                case 2:
                    blocks.AddRange(Enumerable.Repeat(at, random.Next(2, 6)));
                    break;
                case 3:
                    for (int i = 0; i < length && at > 0; i++)
                        blocks.Add(at--);
                    break;
                case 4:
                    for (; at < Blocks; at += 3)
                        blocks.Add(at);
                    break;
                default:
                    for (int i = 0; i < length; i++)
                        blocks.Add(at ^ (uint)(i & 1));
                    break;
            }
        }

        blocks.RemoveAll(block => block >= Blocks);
        return [.. blocks];
    }
}
