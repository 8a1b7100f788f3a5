using Forebay.Buffers;

namespace Forebay.Conformance.Buffers;

/// <summary>The pool over each method: what is read, kept, evicted, written.</summary>
public sealed class BufferPoolTests
{
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Read_PageNotPresent_IsReadOnceAndThenHit(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 8);
        using ForebaySession session = scenario.Instance.OpenSession();
        BufferSession buffers = session.Shared;
        ReadRunRequest request = new(scenario.Fork, null, 0);

        BufferPin first = buffers.Read(request, 3, ReadRunFlags.None);
        BufferPin second = buffers.Read(request, 3, ReadRunFlags.None);

        Assert.Equal(first.Frame, second.Frame);
        Assert.Equal(1u, PoolScenario.Expect(buffers.Page(first), 3));
        Assert.Equal((1L, 1L), (buffers.Counters.Reads, buffers.Counters.Hits));
        buffers.Unpin(first);
        buffers.Unpin(second);
        Assert.Equal(0, buffers.Ledger.Count);
        Assert.Equal(0, scenario.Instance.Pool.Descriptor(first.Frame).Word.Pins);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Start_Misses_BecomeOneOperation(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 32);
        using ForebaySession session = scenario.Instance.OpenSession();
        BufferSession buffers = session.Shared;
        ReadRun run = new(buffers);
        BufferPin[] pins = new BufferPin[16];
        int count = 16;

        ReadRunRequest request = new(scenario.Fork, null, 0);
        ReadRunStart start = run.Start(request, 4, pins, 0, ref count, ReadRunFlags.None, mayWait: true);
        run.Wait();

        Assert.Equal((ReadRunStart.Started, 16), (start, count));
        Assert.Equal((1L, 16L), (buffers.Counters.Reads, buffers.Counters.BlocksRead));
        for (int i = 0; i < 16; i++)
        {
            PoolScenario.Expect(buffers.Page(pins[i]), 4 + (uint)i);
            buffers.Unpin(pins[i]);
        }
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Pool_SmallerThanRelation_ReadsEveryPageRight(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 500, poolPages: 16);
        using ForebaySession session = scenario.Instance.OpenSession();
        BufferSession buffers = session.Shared;
        ReadRunRequest request = new(scenario.Fork, null, 0);
        for (int pass = 0; pass < 2; pass++)
        {
            for (uint block = 0; block < 500; block++)
            {
                BufferPin pin = buffers.Read(request, block, ReadRunFlags.None);
                PoolScenario.Expect(buffers.Page(pin), block);
                buffers.Unpin(pin);
            }
        }

        Assert.True(buffers.Counters.Reads >= 984);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Evict_DirtyPage_IsWrittenBefore(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 200, poolPages: 16);
        using ForebaySession session = scenario.Instance.OpenSession();
        BufferSession buffers = session.Shared;
        ReadRunRequest request = new(scenario.Fork, null, 0);
        for (uint block = 0; block < 200; block++)
        {
            BufferPin pin = buffers.Read(request, block, ReadRunFlags.None);
            buffers.Lock(pin, ContentLockMode.Exclusive);
            PoolScenario.Stamp(buffers.Page(pin), block, 2);
            buffers.MarkDirty(pin);
            buffers.Unlock(pin, ContentLockMode.Exclusive);
            buffers.Unpin(pin);
        }

        Assert.True(buffers.Counters.Writes > 0);
        session.Flush(scenario.Fork);
        for (uint block = 0; block < 200; block++)
            Assert.Equal(2u, PoolScenario.VersionOnDisk(scenario.FilePath, block));
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Extend_ThenFlush_GrowsTheFile(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, relationPages: 0);
        using ForebaySession session = scenario.Instance.OpenSession();
        BufferSession buffers = session.Shared;
        for (uint expected = 0; expected < 20; expected++)
        {
            BufferPin pin = buffers.Extend(scenario.Fork, null, out uint block, out _);
            Assert.Equal(expected, block);
            PoolScenario.Stamp(buffers.Page(pin), block, 7);
            buffers.Unlock(pin, ContentLockMode.Exclusive);
            buffers.Unpin(pin);
        }

        Assert.Equal(20, session.Flush(scenario.Fork));
        Assert.Equal(20u, session.GetBlockCount(scenario.Fork));
        Assert.Equal(7u, PoolScenario.VersionOnDisk(scenario.FilePath, 19));
        Assert.Equal(0, session.Flush(scenario.Fork));
    }
}
