using BenchmarkDotNet.Attributes;
using Forebay.Buffers;
using Forebay.Memory;
using Forebay.Storage;

namespace Forebay.Microbenchmarks;

/// <summary>
/// The mapping by itself: a page that is there, found and pinned without a lock; found under the lock; one that is not
/// there. All frames are mapped, as in a pool that is full.
/// </summary>
public class MappingBenchmarks
{
    public const int Lookups = 4096;
    private const int Frames = 4096;
    private const int PageBytes = 8192;

    private static readonly RelationLocator s_relation = new(1663, 5, 16384);

    private SharedSegment _segment = null!;
    private BufferDescriptors _descriptors = null!;
    private BufferMapping _mapping = null!;

    [GlobalSetup]
    public void SetUp()
    {
        SegmentLayout layout = new();
        BufferPoolLayout pool = new(layout, Frames, PageBytes);
        _segment = new SharedSegment(layout, hugePages: false);
        _descriptors = new BufferDescriptors(_segment.Array(pool.Descriptors));
        _mapping = new BufferMapping(_segment.Array(pool.Buckets), _segment.Array(pool.Locks), _descriptors);
        for (int frame = 0; frame < Frames; frame++)
        {
            BufferTag tag = TagOf((uint)frame);
            _descriptors[frame].Tag = tag;
            _descriptors[frame].Change(BufferWord.TagValid | BufferWord.Valid);
            _mapping.LockOf(tag.Hash()).Enter();
            _mapping.InsertLocked(frame, tag.Hash());
            _mapping.LockOf(tag.Hash()).Exit();
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _segment.Dispose();

    /// <summary>Hash, chain, pin, unpin: the whole of a hit below the session.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups)]
    public int FindAndPin()
    {
        int found = 0;
        for (uint block = 0; block < Lookups; block++)
        {
            int frame = _mapping.TryPinValid(TagOf(block), seldom: false, default(NoReach));
            found += frame;
            _descriptors.Unpin(frame);
        }

        return found;
    }

    /// <summary>Hash, lock, chain: what allocation does before it acts.</summary>
    [Benchmark(OperationsPerInvoke = Lookups)]
    public int FindUnderLock()
    {
        int found = 0;
        for (uint block = 0; block < Lookups; block++)
        {
            BufferTag tag = TagOf(block);
            uint hash = tag.Hash();
            ref FutexLock gate = ref _mapping.LockOf(hash);
            gate.Enter();
            found += _mapping.FindLocked(tag, hash);
            gate.Exit();
        }

        return found;
    }

    /// <summary>Hash and chain of a page that is not there.</summary>
    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Miss()
    {
        int found = 0;
        for (uint block = 0; block < Lookups; block++)
            found += _mapping.TryPinValid(TagOf(Frames + block), seldom: false, default(NoReach));
        return found;
    }

    private static BufferTag TagOf(uint block) => new(s_relation, ForkNumber.Main, block);
}
