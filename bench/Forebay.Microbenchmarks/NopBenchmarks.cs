using BenchmarkDotNet.Attributes;
using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Methods.IoUring;
using Forebay.Microbenchmarks.Engines;
using Forebay.Microbenchmarks.Native;
using Forebay.Microbenchmarks.Rings;

namespace Forebay.Microbenchmarks;

/// <summary>
/// NOPs through a ring: the C program over the same system calls, the bare ring, and all of the way through handles,
/// from acquire to idle, with the device alone left out. Rings that any thread may use, as the method has them.
/// </summary>
public class NopBenchmarks
{
    public const int Operations = 8192;
    private const int Entries = 64;
    private const int InFlight = 256;

    private Ring _ring = null!;
    private NativeNops? _native;
    private NopKernel _kernel = null!;
    private BenchEngine _engine = null!;

    [Params(1, 8, 16, 32)]
    public int Batch { get; set; } = 16;

    [GlobalSetup]
    public void SetUp()
    {
        RingOptions options = new() { Entries = Entries, InFlightMax = InFlight, VectorsPerEntry = 0 };
        if (!Ring.TryCreate(options, out Ring? ring, out RingRefusal? refusal))
            throw new InvalidOperationException(refusal.ToString());
        _ring = ring;
        _native = NativeNops.Missing is null ? new NativeNops(Entries, InFlight, (uint)ring.SetupFlags) : null;
        _kernel = new NopKernel();
        IoUringLayout? layout = null;
        _engine = new BenchEngine(
            (services, segment) => IoUringMethod.TryCreate(
                services,
                new IoUringOptions { Rings = 1, RegisterFiles = false, RegisterBuffers = true },
                segment, layout!, [FrameArenas.Pool], _kernel, out RingRefusal? why)
                ?? throw new InvalidOperationException(why!.ToString()),
            reserve => layout = new IoUringLayout(reserve));
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _engine.Dispose();
        _kernel.Dispose();
        _ring.Dispose();
        _native?.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public long C() => (_native ?? throw new InvalidOperationException(NativeNops.Missing))
        .Run(Batch, Operations / Batch);

    [Benchmark(OperationsPerInvoke = Operations)]
    public long BareRing()
    {
        Span<Completion> completions = stackalloc Completion[32];
        int batch = Batch;
        Ring ring = _ring;
        long sum = 0;
        for (int done = 0; done < Operations; done += batch)
        {
            for (int i = 0; i < batch; i++)
            {
                if (!ring.TryGetEntry(out SubmissionEntry entry))
                    throw new InvalidOperationException("The ring is full.");
                entry.PrepareNop((ulong)i);
            }

            if (ring.Submit() != batch || ring.Drain(completions) != batch)
                throw new InvalidOperationException("The ring lost an operation.");
            for (int i = 0; i < batch; i++)
                sum += (long)completions[i].UserData;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public int Handles()
    {
        int batch = Batch;
        for (int done = 0; done < Operations; done += batch)
        {
            _engine.Session.EnterBatch();
            for (int i = 0; i < batch; i++)
                _engine.StartRead();
            _engine.Session.ExitBatch();
            _engine.Session.WaitForAll();
        }

        return _engine.Session.InFlight;
    }
}
