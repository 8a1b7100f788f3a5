using BenchmarkDotNet.Attributes;
using Forebay.Buffers;

namespace Forebay.Microbenchmarks;

/// <summary>What a page that is there costs: lookup, pin, unpin, on one thread.</summary>
public class BufferHitBenchmarks
{
    public const int Pages = 1024;

    private CachedRelation _relation = null!;

    [GlobalSetup]
    public void SetUp() => _relation = new CachedRelation(Pages);

    [GlobalCleanup]
    public void CleanUp() => _relation.Dispose();

    /// <summary>The floor: one interlocked addition and one subtraction on a word of one's own.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Pages)]
    public long InterlockedPair()
    {
        long word = 0;
        for (int i = 0; i < Pages; i++)
        {
            Interlocked.Increment(ref word);
            Interlocked.Decrement(ref word);
        }

        return word;
    }

    /// <summary>Lookup, pin, unpin of a different page each time.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public int Hit()
    {
        BufferSession buffers = _relation.Buffers;
        int frames = 0;
        for (uint block = 0; block < Pages; block++)
        {
            buffers.Pin(_relation.Fork, block, null, mayWait: false, out BufferPin pin);
            frames += pin.Frame;
            buffers.Unpin(pin);
        }

        return frames;
    }
}
