using System.Diagnostics;
using Forebay.Comparison.Running;
using Microsoft.Win32.SafeHandles;

namespace Forebay.Comparison.Peers;

/// <summary>
/// What .NET itself offers: RandomAccess.ReadAsync, a fixed number of reads in flight, past the page cache.
/// </summary>
internal sealed class RandomAccessAsync(string file, int pages, int depth) : Contender(file, pages)
{
    public override string Name => $"RandomAccess.ReadAsync, depth {depth}";

    public override Measurement Run(double seconds, int seed)
    {
        using SafeFileHandle handle = DirectFile.Open(File);
        uint[] blocks = RandomBlocks.Permutation(Pages, seed);
        using AlignedMemory memory = new(depth * PageBytes);
        long next = -1;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        double cpu = CpuClock.Seconds;
        long start = Stopwatch.GetTimestamp();
        Task[] readers = [.. Enumerable.Range(0, depth).Select(slot => Task.Run(async () =>
        {
            Memory<byte> page = memory.Memory.Slice(slot * PageBytes, PageBytes);
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            {
                uint block = blocks[Interlocked.Increment(ref next) % blocks.Length];
                await RandomAccess.ReadAsync(handle, page, (long)block * PageBytes).ConfigureAwait(false);
            }
        }))];
        Task.WaitAll(readers);
        return new Measurement(next + 1, Stopwatch.GetElapsedTime(start).TotalSeconds, CpuClock.Seconds - cpu,
            GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }
}
