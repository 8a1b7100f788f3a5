using System.Runtime.InteropServices;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Streams;

/// <summary>
/// Under <c>sync</c> the kernel is told what will be read: seen by what its page cache holds afterwards.
/// </summary>
public sealed partial class StreamAdviceTests
{
    private const int Pages = 2_500;
    private const int Step = 249; // far from what the kernel reads ahead by itself
    private const long CacheStatistics = 451; // the system call's number on every machine

    [Fact]
    public void TryNext_JumpsUnderSync_TellTheKernelOfTheBlocksAhead()
    {
        using StreamScenario scenario = Open(out uint[] blocks);
        using ReadStream stream = scenario.Open(blocks, new ReadStreamOptions { Flags = ReadStreamFlags.Full });
        StreamScenario.Expect(stream, blocks[0]);

        foreach (uint block in blocks)
            Background.Until(() => IsCached(scenario, block), $"block {block} is in the page cache");
        Assert.Equal(1, scenario.Buffers.Counters.BlocksRead); // the others are told of, not read
    }

    [Fact]
    public void TryNext_SequentialOrWithoutConcurrency_LeavesTheKernelToItself()
    {
        foreach (ReadStreamOptions options in (ReadStreamOptions[])
            [
                new() { Flags = ReadStreamFlags.Full | ReadStreamFlags.Sequential },
                new() { Flags = ReadStreamFlags.Full, Concurrency = 0 },
            ])
        {
            using StreamScenario scenario = Open(out uint[] blocks);
            using ReadStream stream = scenario.Open(blocks, options);
            StreamScenario.Expect(stream, blocks[0]);

            // With a concurrency of zero one block is read ahead at the most, by the thread itself.
            Assert.True(scenario.Buffers.Counters.BlocksRead <= 2);
            Assert.DoesNotContain(blocks.Skip(2), block => IsCached(scenario, block));
        }
    }

    private static StreamScenario Open(out uint[] blocks)
    {
        blocks = [.. Enumerable.Range(0, 10).Select(i => (uint)(((i * 7) % 10) * Step))];
        StreamScenario scenario = new("sync", relationPages: Pages);
        try
        {
            scenario.Session.DropFromPageCache(scenario.Pool.Fork);
            Assert.SkipWhen(blocks.Any(block => IsCached(scenario, block)),
                "The page cache of this file system cannot be emptied.");
            return scenario;
        }
        catch
        {
            scenario.Dispose();
            throw;
        }
    }

    // Looking by reading, even by a read that must not wait, would have the kernel read ahead.
    private static bool IsCached(StreamScenario scenario, uint block)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(scenario.Pool.FilePath);
        CacheRange range = new() { Offset = block * 8192L, Length = 8192 };
        CacheCounts counts = default;
        long result = Call(CacheStatistics, (int)file.DangerousGetHandle(), ref range, ref counts, 0);
        Assert.SkipWhen(result < 0, "This kernel does not tell what is in its page cache.");
        return counts.Cached == 8192 / Environment.SystemPageSize;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Call(long number, int file, ref CacheRange range, ref CacheCounts counts, uint flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct CacheRange
    {
        public long Offset;
        public long Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct CacheCounts
    {
        public long Cached;
        public long Dirty;
        public long Writeback;
        public long Evicted;
        public long RecentlyEvicted;
    }
}
