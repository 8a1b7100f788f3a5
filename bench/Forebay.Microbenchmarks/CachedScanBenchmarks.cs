using BenchmarkDotNet.Attributes;
using Forebay.Buffers;
using Forebay.Streams;

namespace Forebay.Microbenchmarks;

/// <summary>
/// A scan of pages that are all there, through a stream, beside the loop that one would write by hand.
/// </summary>
public class CachedScanBenchmarks
{
    public const int Pages = 1024;

    private CachedRelation _relation = null!;
    private ReadStream<BlockRange> _stream = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _relation = new CachedRelation(Pages);
        _stream = _relation.Session.OpenReadStream(_relation.Fork, new BlockRange(0, Pages));
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _stream.Dispose();
        _relation.Dispose();
    }

    /// <summary>What somebody without a stream writes: page by page through the session.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Pages)]
    public int ReadLoop()
    {
        ForebaySession session = _relation.Session;
        int sum = 0;
        for (uint block = 0; block < Pages; block++)
        {
            using PinnedPage page = session.Read(_relation.Fork, block);
            sum += page.Span[0];
        }

        return sum;
    }

    /// <summary>The same inside the library: lookup, pin, unpin.</summary>
    [Benchmark(OperationsPerInvoke = Pages)]
    public int DirectLoop()
    {
        BufferSession buffers = _relation.Buffers;
        int sum = 0;
        for (uint block = 0; block < Pages; block++)
        {
            buffers.Pin(_relation.Fork, block, null, mayWait: false, out BufferPin pin);
            sum += buffers.Page(pin)[0];
            buffers.Unpin(pin);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Pages)]
    public int Stream()
    {
        int sum = 0;
        _stream.Reset(new BlockRange(0, Pages));
        while (_stream.TryNext(out PinnedPage page))
        {
            sum += page.Span[0];
            page.Dispose();
        }

        return sum;
    }
}
