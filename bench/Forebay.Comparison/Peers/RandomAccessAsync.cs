using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Microsoft.Win32.SafeHandles;

namespace Forebay.Comparison.Peers;

/// <summary>What .NET itself offers: RandomAccess.ReadAsync, a fixed number of reads in flight.</summary>
internal sealed class RandomAccessAsync(DataFile file, int depth, bool direct = true) : Contender
{
    public override string Name => $"RandomAccess.ReadAsync, depth {depth}";

    public override Measurement Run(Turn turn)
    {
        using SafeFileHandle handle = DirectFile.Open(file.Path, direct);
        uint[] blocks = RandomBlocks.Permutation(file.Pages, turn.Seed);
        using AlignedMemory memory = new(depth * PageBytes);
        long next = -1;
        RunClock clock = new();
        Task[] readers = [.. Enumerable.Range(0, depth).Select(slot => Task.Run(async () =>
        {
            Memory<byte> page = memory.Memory.Slice(slot * PageBytes, PageBytes);
            while (clock.Seconds < turn.Seconds)
            {
                uint block = blocks[Interlocked.Increment(ref next) % blocks.Length];
                await RandomAccess.ReadAsync(handle, page, (long)block * PageBytes).ConfigureAwait(false);
            }
        }))];
        Task.WaitAll(readers);
        return clock.Stop(next + 1);
    }
}
