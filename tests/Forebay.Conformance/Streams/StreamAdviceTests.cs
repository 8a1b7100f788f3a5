using System.Buffers.Binary;
using Forebay.Interop;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Streams;

/// <summary>
/// Under <c>sync</c> the kernel is told what will be read: seen by what its page cache holds afterwards.
/// </summary>
public sealed class StreamAdviceTests
{
    private const int Pages = 20_000;
    private const int Step = 1999; // far from what the kernel reads ahead by itself
    private const int NoWait = 8; // of preadv2: only what is in the page cache

    [Fact]
    public void TryNext_JumpsUnderSync_TellTheKernelOfTheBlocksAhead()
    {
        using StreamScenario scenario = Open(out uint[] blocks);
        using ReadStream stream = scenario.Open(blocks, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        StreamScenario.Expect(stream, blocks[0]);

        foreach (uint block in blocks)
            Background.Until(() => IsCached(scenario, block), $"block {block} is in the page cache");
        Assert.Equal(0, scenario.Buffers.Counters.BlocksRead - 1); // told of, not read
    }

    [Fact]
    public void TryNext_SequentialOrWithoutConcurrency_LeavesTheKernelToItself()
    {
        using StreamScenario scenario = Open(out uint[] blocks);
        foreach (ReadStreamOptions options in (ReadStreamOptions[])
            [
                new() { Flags = ReadStreamFlags.Full | ReadStreamFlags.Sequential },
                new() { Flags = ReadStreamFlags.Full, Concurrency = 0 },
            ])
        {
            scenario.Session.DropFromPageCache(scenario.Pool.Fork);
            scenario.Forget();
            using ReadStream stream = scenario.Open(blocks, options);
            StreamScenario.Expect(stream, blocks[0]);

            Assert.DoesNotContain(blocks.Skip(1), block => IsCached(scenario, block));
        }
    }

    private static StreamScenario Open(out uint[] blocks)
    {
        blocks = [.. Enumerable.Range(0, 10).Select(i => (uint)(((i * 7) % 10) * Step))];
        StreamScenario scenario = new("sync", relationPages: Pages);
        scenario.Session.DropFromPageCache(scenario.Pool.Fork);
        if (!blocks.Any(block => IsCached(scenario, block)))
            return scenario;
        scenario.Dispose();
        Assert.Skip("The page cache of this file system cannot be emptied.");
        return scenario;
    }

    private static bool IsCached(StreamScenario scenario, uint block)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(scenario.Pool.FilePath);
        byte[] page = new byte[8192];
        int result = FileSystemCalls.Read((int)file.DangerousGetHandle(), page, block * 8192L, NoWait);
        return result == page.Length && BinaryPrimitives.ReadUInt32LittleEndian(page) == block;
    }
}
