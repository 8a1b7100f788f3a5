using BenchmarkDotNet.Attributes;
using Forebay.Handles;
using Forebay.Microbenchmarks.Engines;

namespace Forebay.Microbenchmarks;

/// <summary>What a handle costs from acquire to idle, with a method that completes at once.</summary>
public class HandleBenchmarks
{
    public const int Operations = 1024;
    private const int Batch = 16;

    private BenchEngine _engine = null!;

    [GlobalSetup]
    public void SetUp() => _engine = new BenchEngine(static (services, _) => new InstantMethod(services));

    [GlobalCleanup]
    public void CleanUp() => _engine.Dispose();

    /// <summary>One operation at a time, waited for at once.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public int OneByOne()
    {
        for (int i = 0; i < Operations; i++)
        {
            IoWaitReference reference = _engine.StartRead();
            _engine.Session.Wait(reference);
        }

        return _engine.Session.InFlight;
    }

    /// <summary>Sixteen to a batch.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public int Batches()
    {
        for (int i = 0; i < Operations; i += Batch)
        {
            _engine.Session.EnterBatch();
            for (int j = 0; j < Batch; j++)
                _engine.StartRead();
            _engine.Session.ExitBatch();
            _engine.Session.WaitForAll();
        }

        return _engine.Session.InFlight;
    }
}
