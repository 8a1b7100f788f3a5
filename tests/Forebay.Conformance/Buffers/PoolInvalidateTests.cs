using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// Dropping, cutting and forgetting relations while their pages are being read or written (34 to 36 of the list of
/// PostgreSQL's tests; roll-back and commit are the caller's business here: both end in a drop).
/// </summary>
public sealed class PoolInvalidateTests
{
    private const int Pages = 32;

    public static TheoryData<string, bool, bool, bool> MethodsAndBatches
    {
        get
        {
            TheoryData<string, bool, bool, bool> data = [];
            foreach (TheoryDataRow<string, bool, bool> row in PoolSubject.Methods)
            {
                data.Add(row.Data.Item1, row.Data.Item2, row.Data.Item3, false);
                data.Add(row.Data.Item1, row.Data.Item2, row.Data.Item3, true);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(MethodsAndBatches))]
    public void Drop_ReadsInFlight_WaitsForThem(string method, bool direct, bool temporary, bool staged)
    {
        using PoolSubject subject = new(method, direct, temporary, Pages);
        if (staged)
            subject.Session.Io.EnterBatch();
        LeaveReadsInFlight(subject);

        subject.Session.Drop(subject.Fork);

        if (staged)
            subject.Session.Io.ExitBatch();
        Assert.False(subject.Session.Exists(subject.Fork));
        AssertForgotten(subject, 0);
    }

    [Theory, MemberData(nameof(MethodsAndBatches))]
    public void Truncate_ReadsInFlight_KeepsWhatIsBefore(string method, bool direct, bool temporary, bool staged)
    {
        using PoolSubject subject = new(method, direct, temporary, Pages);
        if (staged)
            subject.Session.Io.EnterBatch();
        LeaveReadsInFlight(subject);

        subject.Session.Truncate(subject.Fork, 5);

        if (staged)
            subject.Session.Io.ExitBatch();
        Assert.Equal(5u, subject.Session.GetBlockCount(subject.Fork));
        AssertForgotten(subject, 5);
        BufferPin[] pins = new BufferPin[5];
        for (uint block = 0; block < 5; block++)
        {
            using PinnedPage page = subject.Session.Read(subject.Fork, block);
            PoolScenario.Expect(page.Span, block);
        }

        Assert.Throws<StorageException>(() => subject.Session.Read(subject.Fork, 5));
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(MethodsAndBatches))]
    public void Drop_DirtyAndBeingWritten_TheChangesAreGone(string method, bool direct, bool temporary, bool staged)
    {
        using PoolSubject subject = new(method, direct, temporary, Pages);
        PoolWork.Change(subject.Session, subject.Fork, 0, 8, version: 2);
        if (staged)
            subject.Session.Io.EnterBatch();
        for (uint block = 0; block < 4; block++)
        {
            subject.Buffers.Pin(subject.Fork, block, null, mayWait: true, out BufferPin pin);
            Assert.True(subject.Buffers.Pool.Descriptors.TryEnterContent(
                pin.Frame, ContentLockMode.ShareExclusive, subject.Buffers.Claims));
            subject.Buffers.WriteBacks.Start(pin.Frame, null);
            subject.Buffers.Unpin(pin);
        }

        subject.Session.Drop(subject.Fork);

        if (staged)
            subject.Session.Io.ExitBatch();
        AssertForgotten(subject, 0);
        Assert.Equal(0, PoolFacts.CountFrames(subject.Buffers.Pool, BufferWord.Dirty));
        subject.Session.Create(subject.Fork);
        Assert.Equal(0u, subject.Session.GetBlockCount(subject.Fork));
        PoolWork.Grow(subject.Session, subject.Fork, 2, version: 5);
        Assert.Equal(2, subject.Session.Flush(subject.Fork));
        Assert.Equal(5u, PoolScenario.VersionOnDisk(subject.FilePath, 1));
    }

    // Another session's reads: some in flight, some only staged in a batch that it leaves open.
    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Drop_AnotherSessionsReadsStagedAndForgottenAbout_SubmitsThem(string method, bool direct)
    {
        using PoolSubject subject = new(method, direct, temporary: false, Pages);
        using ForebaySession other = subject.Instance.OpenSession();
        subject.Session.Io.EnterBatch();
        LeaveReadsInFlight(subject);

        Background.Join(Background.Run(() => other.Drop(subject.Fork)));

        subject.Session.Io.ExitBatch();
        AssertForgotten(subject, 0);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public void Drop_AnotherSessionHasPagesPinned_ThrowsAndTheirPagesStay(string method, bool direct)
    {
        using PoolSubject subject = new(method, direct, temporary: false, Pages);
        using ForebaySession other = subject.Instance.OpenSession();
        using PinnedPage kept = other.Read(subject.Fork, 7);

        InvalidOperationException refused =
            Assert.Throws<InvalidOperationException>(() => subject.Session.Drop(subject.Fork));

        Assert.Contains("Block 7", refused.Message, StringComparison.Ordinal);
        Assert.True(subject.Session.Exists(subject.Fork));
        PoolScenario.Expect(kept.Span, 7);
    }

    // Runs over the whole relation, started and no longer wanted: what is in flight has pins of its own only.
    private static void LeaveReadsInFlight(PoolSubject subject)
    {
        for (uint first = 0; first < Pages; first += 8)
        {
            ReadRun run = new(subject.Buffers);
            BufferPin[] pins = new BufferPin[8];
            int count = 8;
            Assert.Equal(ReadRunStart.Started,
                run.Start(subject.Request, first, pins, 0, ref count, ReadRunFlags.None, mayWait: true));
            run.Abandon();
            subject.Unpin(pins);
        }
    }

    private static void AssertForgotten(PoolSubject subject, uint from)
    {
        subject.AssertIdle();
        BufferPool pool = subject.Buffers.Pool;
        BufferTag first = BufferPool.TagOf(subject.Fork, from);
        for (int frame = 0; frame < pool.FrameCount; frame++)
            Assert.False(pool.MayHold(frame, first, out BufferTag tag), $"block {tag.Block} is still there");
    }
}
