using Forebay.Comparison.Records;
using Forebay.Comparison.Running;
using Microsoft.Win32.SafeHandles;

namespace Forebay.Comparison.Peers;

/// <summary>RandomAccess.Read on threads of one's own: pages at random, or the file in pieces, in order.</summary>
internal sealed class RandomAccessThreads(
    DataFile file, bool random, int threads, int blockBytes, bool direct = true) : Contender
{
    public override string Name => $"RandomAccess.Read, {blockBytes / 1024} KiB, "
        + (threads == 1 ? "1 thread" : $"{threads} threads");

    public override Measurement Run(Turn turn)
    {
        using SafeFileHandle handle = DirectFile.Open(file.Path, direct);
        int pagesEach = blockBytes / PageBytes;
        int pieces = file.Pages / pagesEach;
        uint[]? blocks = random ? RandomBlocks.Permutation(pieces, turn.Seed) : null;
        using AlignedMemory memory = new(threads * blockBytes);
        long next = -1;
        long done = 0;
        RunClock clock = new();
        Thread[] readers = [.. Enumerable.Range(0, threads).Select(slot => new Thread(() =>
        {
            Span<byte> room = memory.Memory.Span.Slice(slot * blockBytes, blockBytes);
            while (true)
            {
                long piece = Interlocked.Increment(ref next);
                if (blocks is null ? piece >= pieces : clock.Seconds >= turn.Seconds)
                    return;
                long at = blocks is null ? piece : blocks[piece % blocks.Length];
                RandomAccess.Read(handle, room, at * blockBytes);
                Interlocked.Add(ref done, pagesEach);
            }
        }))];
        foreach (Thread reader in readers)
            reader.Start();
        foreach (Thread reader in readers)
            reader.Join();
        return clock.Stop(done);
    }
}
