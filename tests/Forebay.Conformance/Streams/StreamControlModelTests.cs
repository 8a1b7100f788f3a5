using Forebay.Streams;

namespace Forebay.Conformance.Streams;

/// <summary>Pause, resume, reset, early ends and pages that are kept, in seeded mixtures, with I/O in flight.</summary>
public sealed class StreamControlModelTests
{
    private const int Blocks = 150;
    private const int Steps = 600;

    public static TheoryData<string, int> MethodsAndSeeds
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string method in StreamScenario.Methods.Select(row => row.Data))
            {
                for (int seed = 1; seed <= 6; seed++)
                    data.Add(method, seed);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(MethodsAndSeeds))]
    public void Stream_AnyMixtureOfControls_DeliversWhatAPlainLoopWould(string method, int seed)
    {
        Random random = new(seed);
        using StreamScenario scenario = new(method, relationPages: Blocks, poolPages: 96);
        ReadStreamOptions options = new()
        {
            CombineLimit = random.Next(1, 12),
            Concurrency = random.Next(1, 12),
            Flags = (seed % 2 == 0 ? ReadStreamFlags.Full : 0) | (seed % 3 == 0 ? ReadStreamFlags.UseBatching : 0),
        };
        ReadStream<BlockRange> stream = scenario.Open(BlockRange.All, options);
        Queue<PinnedPage> kept = [];
        uint next = 0;
        bool paused = false;
        for (int step = 0; step < Steps; step++)
        {
            switch (random.Next(12))
            {
                case 0:
                    stream.Pause();
                    paused = true;
                    break;
                case 1:
                    stream.Resume();
                    paused = false;
                    break;
                case 2 when random.Next(4) == 0:
                    next = (uint)random.Next(Blocks);
                    stream.Reset(new BlockRange(next));
                    paused = false;
                    break;
                case 3 when random.Next(4) == 0:
                    stream.Dispose();
                    next = (uint)random.Next(Blocks);
                    stream = scenario.Open(new BlockRange(next), options);
                    paused = false;
                    break;
                case 4 when random.Next(4) == 0:
                    while (kept.TryDequeue(out PinnedPage page))
                        page.Dispose();
                    stream.Reset(new BlockRange(next)); // what it holds ready would be in the way of forgetting
                    paused = false;
                    scenario.Forget();
                    break;
                default:
                    if (stream.TryNext(out PinnedPage taken))
                    {
                        StreamScenario.ExpectPage(taken, next++);
                        kept.Enqueue(taken);
                    }
                    else
                    {
                        Assert.True(paused || next == Blocks, $"seed {seed}, step {step}: ended before {next}");
                    }

                    break;
            }

            while (kept.Count > 8)
                kept.Dequeue().Dispose();
        }

        foreach (PinnedPage page in kept)
            page.Dispose();
        stream.Dispose();
        scenario.ExpectNoPins();
    }
}
