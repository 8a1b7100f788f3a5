using System.IO.MemoryMappedFiles;
using Forebay.Comparison.Records;
using Forebay.Comparison.Running;

namespace Forebay.Comparison.Peers;

/// <summary>
/// MemoryMappedFile: every page is touched in its two halves (4 KiB of memory each), in order or at random. There is no
/// way past the page cache, nor one to look ahead.
/// </summary>
internal sealed unsafe class MemoryMappedRead(DataFile file, bool random) : Contender
{
    private const int MemoryPage = 4096;

    public override string Name => $"MemoryMappedFile, {(random ? "random" : "sequential")}";

    public override Measurement Run(Turn turn)
    {
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(
            file.Path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, file.Bytes, MemoryMappedFileAccess.Read);
        uint[] blocks = random ? RandomBlocks.Permutation(file.Pages, turn.Seed) : [];
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            RunClock clock = new();
            long sum = 0;
            long done = 0;
            for (; random ? clock.Seconds < turn.Seconds : done < file.Pages; done++)
            {
                // SAFETY: the page lies inside the view, which stays until the pointer is released below.
                byte* page = start + ((random ? blocks[done % blocks.Length] : done) * PageBytes);
                sum += page[0] + page[MemoryPage];
            }

            return clock.Stop(done, new Dictionary<string, double> { ["bytes seen"] = sum });
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }
}
