using BenchmarkDotNet.Attributes;
using Forebay.Buffers;
using Forebay.Memory;

namespace Forebay.Microbenchmarks;

/// <summary>
/// What a victim costs, frame by frame passed: with a first frame that is free, and where every frame has been used
/// since the hand last came by.
/// </summary>
public class ClockSweepBenchmarks
{
    public const int Frames = 4096;
    private const int PageBytes = 8192;

    private SharedSegment _segment = null!;
    private BufferDescriptors _descriptors = null!;
    private FrameClaims _claims = null!;
    private ClockSweep _clock = null!;

    [GlobalSetup]
    public void SetUp()
    {
        SegmentLayout layout = new();
        BufferPoolLayout pool = new(layout, Frames, PageBytes);
        SegmentRegion<long> claims = layout.Reserve<long>(FrameClaims.Length);
        _segment = new SharedSegment(layout, hugePages: false);
        _claims = new FrameClaims(_segment.Array(claims), 0);
        _descriptors = new BufferDescriptors(_segment.Array(pool.Descriptors));
        _clock = new ClockSweep(_segment.Array(pool.Hand), _descriptors);
    }

    [GlobalCleanup]
    public void CleanUp() => _segment.Dispose();

    /// <summary>Nobody has used anything: each turn of the hand is a victim.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public int FirstFrame()
    {
        int sum = 0;
        for (int i = 0; i < Frames; i++)
        {
            int frame = _clock.TakeVictim(_claims, out _);
            sum += frame;
            _descriptors.Let(frame, _claims);
        }

        return sum;
    }

    /// <summary>Every frame was used once: the hand goes round once, taking a use from each, before it stops.</summary>
    [Benchmark(OperationsPerInvoke = 2 * Frames)]
    public int OnceRound()
    {
        for (int i = 0; i < Frames; i++)
        {
            ref BufferDescriptor descriptor = ref _descriptors[i];
            BufferWord word = descriptor.Word;
            descriptor.TryMove(word, (word.Raw & ~BufferWord.UseMask) | BufferWord.OneUse);
        }

        int frame = _clock.TakeVictim(_claims, out _);
        _descriptors.Let(frame, _claims);
        return frame;
    }
}
