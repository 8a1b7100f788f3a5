using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Telemetry;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// A pool that is all dirty: look-ahead comes to the frames that it has had written, writes no more than it can use,
/// and a write that fails while nobody waits for it is told all the same.
/// </summary>
public sealed class PoolWriteBackTests
{
    private readonly ScriptedHoldPoints _holdPoints = new();

    public static TheoryData<string, bool, int> MethodsAndPools
    {
        get
        {
            TheoryData<string, bool, int> data = [];
            foreach (TheoryDataRow<string, bool> row in PoolScenario.Methods)
            {
                data.Add(row.Data.Item1, row.Data.Item2, 16);
                data.Add(row.Data.Item1, row.Data.Item2, 256);
            }

            return data;
        }
    }

    public static TheoryData<string, bool, int> MethodsAndErrors
    {
        get
        {
            TheoryData<string, bool, int> data = [];
            foreach (TheoryDataRow<string, bool> row in PoolScenario.Methods)
            {
                data.Add(row.Data.Item1, row.Data.Item2, (int)Errno.NoSpace);
                data.Add(row.Data.Item1, row.Data.Item2, (int)Errno.InputOutput);
            }

            return data;
        }
    }

    // Look-ahead once started eight writes for each page that it could not have, and came to none of the clean frames
    // before it had written the whole pool.
    [Theory, MemberData(nameof(MethodsAndPools))]
    public void TryNext_PoolAllDirty_WritesWhatItUsesAndReadsOn(string method, bool direct, int pool)
    {
        using PoolScenario scenario = new(method, direct, relationPages: pool * 3, poolPages: pool);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, (uint)pool, version: 2);
        Assert.Equal(pool, PoolFacts.CountFrames(scenario.Instance.Pool, BufferWord.Dirty));

        using (ReadStream<BlockRange> stream = session.OpenReadStream(
            scenario.Fork, new BlockRange((uint)pool), new ReadStreamOptions { Flags = ReadStreamFlags.Full }))
        {
            for (uint block = (uint)pool; block < (uint)pool * 3; block++)
            {
                Assert.True(stream.TryNext(out PinnedPage page));
                using (page)
                    Assert.Equal(1u, PoolScenario.Expect(page.Span, block));
                Assert.InRange(CleanedInVain(scenario, pool), 0, WriteBacks.Max + 1);
            }

            Assert.False(stream.TryNext(out _));
        }

        session.Flush(scenario.Fork);
        for (uint block = 0; block < pool; block++)
            Assert.Equal(2u, PoolScenario.VersionOnDisk(scenario.FilePath, block));
        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared);
    }

    [Theory, MemberData(nameof(MethodsAndPools))]
    public void TryNext_RingsOverADirtyPool_ReadOn(string method, bool direct, int pool)
    {
        using PoolScenario scenario = new(method, direct, relationPages: pool * 3, poolPages: pool);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, (uint)pool, version: 2);
        foreach (AccessStrategy strategy in (ReadOnlySpan<AccessStrategy>)
            [AccessStrategy.BulkRead, AccessStrategy.Vacuum, AccessStrategy.BulkWrite])
        {
            using ReadStream<BlockRange> stream = session.OpenReadStream(scenario.Fork, new BlockRange((uint)pool),
                new ReadStreamOptions { Flags = ReadStreamFlags.Full, Strategy = strategy });
            for (uint block = (uint)pool; block < (uint)pool * 3; block++)
            {
                Assert.True(stream.TryNext(out PinnedPage page));
                using (page)
                using (LockedPage locked = page.Lock(ContentLockMode.Exclusive))
                {
                    PoolScenario.Expect(page.Span, block);
                    PoolScenario.Stamp(locked.Contents, block, (uint)strategy + 10);
                    locked.MarkDirty();
                }
            }
        }

        session.FlushAll();
        for (uint block = 0; block < pool * 3; block++)
            Assert.Equal(block < pool ? 2u : 12u, PoolScenario.VersionOnDisk(scenario.FilePath, block));
        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared);
    }

    [Theory, MemberData(nameof(MethodsAndErrors))]
    public void TryNext_NoVictimCanBeWritten_RaisesItAndKeepsTheChanges(string method, bool direct, int errno)
    {
        using PoolScenario scenario = Open(method, direct, out List<Notice> notices);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, 16, version: 2);
        FailWrites(errno);
        using (ReadStream<BlockRange> stream = session.OpenReadStream(
            scenario.Fork, new BlockRange(16), new ReadStreamOptions { Flags = ReadStreamFlags.Full }))
        {
            StorageException failure = Assert.Throws<StorageException>(() => stream.TryNext(out _));
            Assert.Equal(errno, failure.Errno);
            Assert.InRange(failure.FirstBlock, 0u, 15u);
            Assert.Contains("write", failure.Message, StringComparison.Ordinal);

            _holdPoints[HoldPoint.RawResult] = null;
            stream.Reset(new BlockRange(16));
            for (uint block = 16; block < 48; block++)
            {
                Assert.True(stream.TryNext(out PinnedPage page));
                using (page)
                    PoolScenario.Expect(page.Span, block);
            }
        }

        session.Io.WaitForAll();
        session.Shared.WriteBacks.Look();
        Assert.Equal(session.Counters.WriteBackFailures, notices.Count(n => n.Kind == WriteBacks.FailureKind));
        session.Flush(scenario.Fork);
        for (uint block = 0; block < 16; block++)
            Assert.Equal(2u, PoolScenario.VersionOnDisk(scenario.FilePath, block));
        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared);
    }

    [Theory, MemberData(nameof(MethodsAndErrors))]
    public void Pin_NotWaiting_EachFailureIsToldOnceAndNotRepeated(string method, bool direct, int errno)
    {
        using PoolScenario scenario = Open(method, direct, out List<Notice> notices);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, 16, version: 2);
        FailWrites(errno);
        BufferSession buffers = session.Shared;

        for (int attempt = 0; attempt < 8; attempt++)
        {
            Assert.Equal(BufferAllocation.WouldWait, buffers.Pin(scenario.Fork, 20, null, mayWait: false, out _));
            session.Io.WaitForAll();
        }

        buffers.WriteBacks.Look();
        Assert.Equal((16L, 16L), (buffers.Counters.WriteBackFailures, buffers.Counters.Writes));
        Assert.Equal(16, notices.Count);
        Assert.Equal(Enumerable.Range(0, 16), notices.Select(notice =>
        {
            StorageException cause = Assert.IsType<StorageException>(notice.Cause);
            Assert.Equal((WriteBacks.FailureKind, errno), (notice.Kind, cause.Errno));
            Assert.Contains(cause.Path, notice.Message, StringComparison.Ordinal);
            return (int)cause.FirstBlock;
        }).Order());
        Assert.Equal(16, PoolFacts.CountFrames(scenario.Instance.Pool, BufferWord.Dirty | BufferWord.IoError));

        StorageException told = Assert.Throws<StorageException>(
            () => buffers.Pin(scenario.Fork, 20, null, mayWait: true, out _));
        Assert.Equal(errno, told.Errno);
        _holdPoints[HoldPoint.RawResult] = null;
        Assert.Equal(16, session.Flush(scenario.Fork));
        PoolFacts.AssertIdle(scenario.Instance.Pool, buffers);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Pin_OneVictimCannotBeWritten_OthersAreTaken(string method, bool direct)
    {
        using PoolScenario scenario = Open(method, direct, out _);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, 16, version: 2);
        _holdPoints[HoldPoint.RawResult] = static (in IoHandleView handle, ref int raw) =>
        {
            if (handle.Operation == IoOperation.WriteVector && RelationTargetData.Unpack(handle.Target).Block == 3)
                raw = -(int)Errno.InputOutput;
        };
        for (uint block = 20; block < 40 && session.Counters.WriteBackFailures == 0; block++)
        {
            session.Shared.Pin(scenario.Fork, block, null, mayWait: false, out BufferPin pin);
            session.Io.WaitForAll();
            session.Shared.TryUnpin(pin);
        }

        Assert.Equal(1, session.Counters.WriteBackFailures);

        for (uint block = 20; block < 64; block++)
            session.Read(scenario.Fork, block).Dispose();

        using PinnedPage kept = session.Read(scenario.Fork, 3);
        Assert.Equal(2u, PoolScenario.Expect(kept.Span, 3));
        Assert.True(scenario.Instance.Pool.Descriptor(kept.Pin.Frame).Word.Has(BufferWord.Dirty));
    }

    [Theory, MemberData(nameof(MethodsAndErrors))]
    public void Dispose_WriteBackFailed_IsTold(string method, bool direct, int errno)
    {
        using PoolScenario scenario = Open(method, direct, out List<Notice> notices);
        using (ForebaySession session = scenario.Instance.OpenSession())
        {
            PoolWork.Change(session, scenario.Fork, 0, 16, version: 2);
            FailWrites(errno);
            session.Shared.Pin(scenario.Fork, 20, null, mayWait: false, out _);
        }

        Assert.Equal(8, notices.Count(notice => notice.Kind == WriteBacks.FailureKind));
        Assert.All(notices, notice => Assert.Contains(scenario.Fork.Path, notice.Message, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Drop_VictimNoLongerWaitedFor_ItsFailureIsTold(string method, bool direct)
    {
        using PoolScenario scenario = Open(method, direct, out List<Notice> notices);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 5, 1, version: 2);
        FailWrites((int)Errno.NoSpace);
        BufferSession buffers = session.Shared;
        Assert.Equal(BufferAllocation.Valid, buffers.Pin(scenario.Fork, 5, null, mayWait: false, out BufferPin pin));
        Assert.True(buffers.Pool.Descriptors.TryEnterContent(
            pin.Frame, ContentLockMode.ShareExclusive, buffers.Claims));
        buffers.Claims.Add(pin.Frame, ClaimKind.Pin);
        buffers.Pool.Descriptor(pin.Frame).PinAgain(); // the victim's pin

        Assert.True(buffers.Victim.TryStart(pin.Frame, ring: null));
        buffers.Victim.Drop();
        session.Io.WaitForAll();
        buffers.WriteBacks.Look();

        StorageException cause = Assert.IsType<StorageException>(Assert.Single(notices).Cause);
        Assert.Equal((5u, (int)Errno.NoSpace), (cause.FirstBlock, cause.Errno));
        buffers.Unpin(pin);
        PoolFacts.AssertIdle(buffers.Pool, buffers);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Pin_VictimsFileIsGone_LookAheadThrowsNothing(string method, bool direct)
    {
        using PoolScenario scenario = Open(method, direct, out List<Notice> notices);
        using ForebaySession session = scenario.Instance.OpenSession();
        PoolWork.Change(session, scenario.Fork, 0, 16, version: 2);
        scenario.Instance.Storage.Close(scenario.Fork);
        File.Move(scenario.FilePath, scenario.FilePath + ".away");

        Assert.Equal(BufferAllocation.WouldWait, session.Shared.Pin(scenario.Fork, 20, null, mayWait: false, out _));
        session.Io.WaitForAll();
        session.Shared.WriteBacks.Look();

        Assert.NotEmpty(notices);
        Assert.Equal(session.Counters.WriteBackFailures, notices.Count);
        File.Move(scenario.FilePath + ".away", scenario.FilePath);
        Assert.Equal(16, session.Flush(scenario.Fork));
        PoolFacts.AssertIdle(scenario.Instance.Pool, session.Shared);
    }

    private PoolScenario Open(string method, bool direct, out List<Notice> notices)
    {
        List<Notice> found = [];
        PoolScenario scenario = new(method, direct, relationPages: 64, poolPages: 16, draft =>
        {
            draft.HoldPoints = _holdPoints;
            found = draft.Notices;
        });
        notices = found;
        return scenario;
    }

    private void FailWrites(int errno) =>
        _holdPoints[HoldPoint.RawResult] = (in IoHandleView handle, ref int raw) =>
            raw = handle.Operation == IoOperation.WriteVector ? -errno : raw;

    // Pages that were dirty at the start, are clean and still there: written, and their frames not used.
    private static int CleanedInVain(PoolScenario scenario, int dirtyAtFirst)
    {
        BufferPool pool = scenario.Instance.Pool;
        int count = 0;
        for (int frame = 0; frame < pool.FrameCount; frame++)
        {
            BufferWord word = pool.Descriptor(frame).Word;
            if (word.Has(BufferWord.TagValid) && !word.Has(BufferWord.Dirty)
                && pool.Descriptor(frame).Tag.Block < dirtyAtFirst)
                count++;
        }

        return count;
    }
}
