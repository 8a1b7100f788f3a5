using Forebay.Comparison.Records;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Peers;

/// <summary>FileStream: the whole file in order by large reads, or pages at random by seeking.</summary>
internal sealed class FileStreamRead(DataFile file, bool random) : Contender
{
    private const int ChunkBytes = 131_072;

    public override string Name => random ? "FileStream, seek and read 8 KiB" : "FileStream, 128 KiB, sequential";

    public override Measurement Run(Turn turn)
    {
        using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0,
            random ? FileOptions.RandomAccess : FileOptions.SequentialScan);
        byte[] room = new byte[random ? PageBytes : ChunkBytes];
        uint[] blocks = random ? RandomBlocks.Permutation(file.Pages, turn.Seed) : [];
        RunClock clock = new();
        long bytes = 0;
        if (!random)
        {
            while (stream.Read(room) is > 0 and var count)
                bytes += count;
            return clock.Stop(bytes / PageBytes);
        }

        for (int i = 0; clock.Seconds < turn.Seconds; i++)
        {
            stream.Position = (long)blocks[i % blocks.Length] * PageBytes;
            bytes += stream.Read(room);
        }

        return clock.Stop(bytes / PageBytes);
    }
}
