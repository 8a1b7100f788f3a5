using BenchmarkDotNet.Attributes;
using Forebay.Buffers;
using Forebay.Microbenchmarks.Pairs;

namespace Forebay.Microbenchmarks;

/// <summary>
/// Whether two threads that have nothing to do with each other get in each other's way: hits on a page of one's own
/// beside counting in a word of one's own, both scaled against one thread; and the hard case, one page for both.
/// </summary>
public class TwoThreadBenchmarks
{
    public const int Hits = 2_000_000;
    private const int Pages = 1024;
    private const int Stride = 32; // longs between two private counters: no line, nor its neighbour, is shared

    private readonly long[] _counters = new long[4 * Stride];
    private CachedRelation _relation = null!;
    private ForebaySession _second = null!;
    private ThreadPair _threads = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _relation = new CachedRelation(Pages);
        _second = _relation.Instance.OpenSession();
        _threads = new ThreadPair();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _threads.Dispose();
        _second.Dispose();
        _relation.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Hits)]
    public void OneCounter() => Count(0);

    [Benchmark(OperationsPerInvoke = 2 * Hits)]
    public void PrivateCounters() => _threads.Run(() => Count(0), () => Count(1));

    [Benchmark(OperationsPerInvoke = Hits)]
    public void OneHotPage() => Hit(_relation.Buffers, 1);

    [Benchmark(OperationsPerInvoke = 2 * Hits)]
    public void DifferentPages() => _threads.Run(() => Hit(_relation.Buffers, 1), () => Hit(_second.Shared, 600));

    [Benchmark(OperationsPerInvoke = 2 * Hits)]
    public void SamePage() => _threads.Run(() => Hit(_relation.Buffers, 1), () => Hit(_second.Shared, 1));

    private void Count(int thread)
    {
        ref long word = ref _counters[(thread + 1) * Stride];
        for (int i = 0; i < Hits; i++)
        {
            Interlocked.Increment(ref word);
            Interlocked.Decrement(ref word);
        }
    }

    private void Hit(BufferSession buffers, uint block)
    {
        for (int i = 0; i < Hits; i++)
        {
            buffers.Pin(_relation.Fork, block, null, mayWait: false, out BufferPin pin);
            buffers.Unpin(pin);
        }
    }
}
