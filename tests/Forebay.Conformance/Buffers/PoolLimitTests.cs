using Forebay.Buffers;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>The largest operations there are, and as few and small ones as can be set.</summary>
public sealed class PoolLimitTests
{
    private const int Most = 128;

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void Read_LongestRun_IsOneOperation(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = OpenLarge(method, direct, temporary);
        BufferPin[] pins = new BufferPin[Most];
        subject.Read(0, pins);
        Assert.Equal((1L, (long)Most), (subject.Buffers.Counters.Reads, subject.Buffers.Counters.BlocksRead));
        for (int i = 0; i < Most; i++)
            PoolScenario.Expect(subject.Buffers.Page(pins[i]), (uint)i);
        subject.Unpin(pins);

        PoolWork.Change(subject.Session, subject.Fork, 0, Most, version: 5);
        long writes = subject.Buffers.Counters.Writes;
        Assert.Equal(Most, subject.Session.Flush(subject.Fork));
        Assert.Equal(1, subject.Buffers.Counters.Writes - writes);
        Assert.Equal(5u, PoolScenario.VersionOnDisk(subject.FilePath, Most - 1));
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void Read_EveryPageOfTheLongestRunBad_AllAreCounted(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = OpenLarge(method, direct, temporary);
        for (uint block = 0; block < Most; block++)
            StampCheck.Corrupt(subject.FilePath, block, checksum: true);
        BufferPin[] pins = new BufferPin[Most];
        PageException error = Assert.Throws<PageException>(() => subject.Read(0, pins));
        Assert.Equal((0u, Most, Most), (error.FirstBadBlock, error.BadPages, error.ChecksumFailures));
        Assert.DoesNotContain(pins, subject.IsValid);
        subject.Read(0, pins, ReadRunFlags.ZeroOnError);
        PageException warning = Assert.IsType<PageException>(Assert.Single(subject.Notices).Cause);
        Assert.Equal((Most, Most), (warning.BadPages, warning.ChecksumFailures));
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    // Handles run out all the time: the quick way to what goes wrong when they are reused.
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Scans_OneHandleAndOneBlockEach_GetOn(string method, bool direct)
    {
        const int Blocks = 120;
        const int Scanners = 4;
        using PoolScenario scenario = new(method, direct, Blocks, poolPages: 64, draft =>
        {
            draft.Concurrency = 1;
            draft.Combine = 1;
        });
        Task[] tasks = [.. Enumerable.Range(0, Scanners).Select(number => Background.Run(() =>
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            for (int pass = 0; pass < 3 * Stress.Factor; pass++)
            {
                using ReadStream<BlockRange> stream = session.OpenReadStream(scenario.Fork, BlockRange.All,
                    new ReadStreamOptions { Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching });
                for (uint block = 0; block < Blocks; block++)
                {
                    Assert.True(stream.TryNext(out PinnedPage page));
                    using (page)
                    using (LockedPage locked = page.Lock(ContentLockMode.Exclusive))
                    {
                        uint version = PoolScenario.Expect(locked.Span, block);
                        PoolScenario.Stamp(locked.Contents, block, version + 1);
                        locked.MarkDirty();
                    }
                }
            }
        }))];
        Background.Join(Task.WhenAll(tasks));

        using ForebaySession last = scenario.Instance.OpenSession();
        last.FlushAll();
        for (uint block = 0; block < Blocks; block++)
            Assert.Equal(1u + Scanners * 3 * (uint)Stress.Factor,
                PoolScenario.VersionOnDisk(scenario.FilePath, block));
        PoolFacts.AssertIdle(scenario.Instance.Pool, last.Shared);
    }

    private static PoolSubject OpenLarge(string method, bool direct, bool temporary) =>
        new(method, direct, temporary, Most * 2, draft =>
        {
            draft.Combine = Most;
            draft.Check = new StampCheck();
        }, poolPages: Most * 3);
}
