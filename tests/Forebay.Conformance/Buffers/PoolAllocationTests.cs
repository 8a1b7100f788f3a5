using Forebay.Buffers;
using Forebay.Streams;

namespace Forebay.Conformance.Buffers;

/// <summary>Nothing is allocated per page once the pool has warmed up.</summary>
public sealed class PoolAllocationTests
{
    private const int Blocks = 96;
    private const int Pool = 32;
    private const int Windows = 4;
    private const int Rounds = 4 * Blocks;

    private uint _block;

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void Read_Hits_AllocateNothing(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        Assert.Equal(0, Allocated(() => subject.Session.Read(subject.Fork, Next() % 8).Dispose()));
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void Read_EachFromTheFile_AllocatesNothing(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        Assert.Equal(0, Allocated(() => subject.Session.Read(subject.Fork, Next()).Dispose()));
        Assert.True(subject.Buffers.Counters.Reads >= Rounds * Windows);
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void Read_RunsFromTheFile_AllocateNothing(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        ReadRun run = new(subject.Buffers);
        BufferPin[] pins = new BufferPin[16];
        ReadRunRequest request = subject.Request;
        Assert.Equal(0, Allocated(() =>
        {
            int count = 16;
            run.Start(request, Next() / 16 * 16, pins, 0, ref count, ReadRunFlags.None, mayWait: true);
            run.Wait();
            foreach (BufferPin pin in pins)
                subject.Buffers.TryUnpin(pin);
            Array.Clear(pins);
        }));
        Assert.True(subject.Buffers.Counters.Reads > Rounds / 16);
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void MarkDirty_EvictedAndWritten_AllocatesNothing(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        Assert.Equal(0, Allocated(() =>
        {
            using PinnedPage page = subject.Session.Read(subject.Fork, Next());
            using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
            locked.MarkDirty();
        }));
        Assert.True(subject.Buffers.Counters.Writes >= Rounds * Windows);
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void MarkDirty_LookedAheadOver_AllocatesNothing(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        BufferSession buffers = subject.Buffers;
        Assert.Equal(0, Allocated(() =>
        {
            using (PinnedPage page = subject.Session.Read(subject.Fork, Next()))
            using (LockedPage locked = page.Lock(ContentLockMode.Exclusive))
                locked.MarkDirty();
            buffers.Pin(subject.Fork, (_block + 40) % Blocks, null, mayWait: false, out BufferPin pin);
            buffers.TryUnpin(pin);
        }));
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void Flush_DirtyPages_AllocatesNothing(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        Assert.Equal(0, Allocated(() =>
        {
            using (PinnedPage page = subject.Session.Read(subject.Fork, Next() % 24))
            using (LockedPage locked = page.Lock(ContentLockMode.Exclusive))
                locked.MarkDirty();
            if (_block % 8 == 0)
                subject.Session.Flush(subject.Fork);
        }));
    }

    private uint Next() => _block = (_block + 1) % Blocks;

    private static PoolSubject Open(string method, bool direct, bool temporary) =>
        new(method, direct, temporary, Blocks, draft => draft.TemporaryPages = Pool, Pool);

    // The least of several windows, after a first one that fills what is filled once: what is allocated per page is in
    // every window; what a collection in the midst of one adds (the rest of an allocation context) is not.
    private static long Allocated(Action round)
    {
        long least = long.MaxValue;
        for (int window = 0; window <= Windows; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++)
                round();
            if (window > 0)
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
