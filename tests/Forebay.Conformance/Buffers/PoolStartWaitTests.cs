using Forebay.Buffers;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// Starting I/O on a page that somebody else has in hand, and reads that their issuer leaves to others. Numbers are
/// those of the list of PostgreSQL's tests (docs/from-postgresql.md).
/// </summary>
public sealed class PoolStartWaitTests
{
    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 18 to 20, 24 to 27
    public void TryClaimRead_InProgressFailedDone_OneHasIt(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = new(method, direct, temporary, pages: 4);
        BufferSession buffers = subject.Buffers;
        Assert.Equal(BufferAllocation.NotValid, buffers.Pin(subject.Fork, 1, null, mayWait: true, out BufferPin pin));
        ToyIo io = new(buffers, pin);

        Assert.Equal(BufferClaim.Claimed, io.Start());
        Assert.Equal(BufferClaim.InProgress, io.StartWithoutHandle());
        if (!temporary)
        {
            using ForebaySession other = subject.Instance.OpenSession();
            other.Shared.Pin(subject.Fork, 1, null, mayWait: true, out BufferPin its);
            Assert.Equal(pin.Frame, its.Frame);
            Assert.Equal(BufferClaim.InProgress, new ToyIo(other.Shared, its).Start());
            other.Shared.Unpin(its);
        }

        io.End(valid: false);
        Assert.True(buffers.Pool.Descriptor(pin.Frame).Word.Has(BufferWord.IoError));
        Assert.Equal(BufferClaim.Claimed, io.Start());
        Assert.False(buffers.Pool.Descriptor(pin.Frame).Word.Has(BufferWord.IoError));
        io.End(valid: true);
        Assert.Equal(BufferClaim.AlreadyDone, io.Start());
        buffers.Unpin(pin);
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))] // 21 and 22
    public void Read_AnotherHasItAndFails_WaiterReadsItself(string method, bool direct)
    {
        using PoolSubject subject = new(method, direct, temporary: false, pages: 4);
        using ForebaySession other = subject.Instance.OpenSession();
        ToyIo io = Hold(subject, 1, out BufferPin pin);
        Task<uint> reader = Background.Run(() => Version(other, subject.Fork, 1));
        Background.Until(() => other.Counters.Joined == 1, "the reader has joined");
        Assert.False(reader.IsCompleted);

        io.End(valid: false);

        Assert.Equal(1u, Background.Join(reader));
        Assert.Equal(1, other.Counters.Reads);
        subject.Buffers.Unpin(pin);
        PoolFacts.AssertIdle(subject.Instance.Pool, subject.Buffers, other.Shared);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))] // 23
    public void Read_AnotherHasItAndSucceeds_WaiterIssuesNothing(string method, bool direct)
    {
        using PoolSubject subject = new(method, direct, temporary: false, pages: 4);
        using ForebaySession other = subject.Instance.OpenSession();
        ToyIo io = Hold(subject, 1, out BufferPin pin);
        Task<uint> reader = Background.Run(() => Version(other, subject.Fork, 1));
        Background.Until(() => other.Counters.Joined == 1, "the reader has joined");
        PoolScenario.Stamp(subject.Buffers.Page(pin), 1, 9);

        io.End(valid: true);

        Assert.Equal(9u, Background.Join(reader));
        Assert.Equal((0L, 1L), (other.Counters.Reads, other.Counters.Joined));
        subject.Buffers.Unpin(pin);
        PoolFacts.AssertIdle(subject.Instance.Pool, subject.Buffers, other.Shared);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))]
    public async Task ReadAsync_AnotherHasIt_WaitsInBothEnds(string method, bool direct)
    {
        using PoolSubject subject = new(method, direct, temporary: false, pages: 4);
        using ForebaySession other = subject.Instance.OpenSession();
        foreach (bool valid in (bool[])[false, true])
        {
            ToyIo io = Hold(subject, 1, out BufferPin pin);
            Task<PinnedPage> reader =
                other.ReadAsync(subject.Fork, 1, TestContext.Current.CancellationToken).AsTask();
            Assert.False(reader.IsCompleted);
            PoolScenario.Stamp(subject.Buffers.Page(pin), 1, 1);
            io.End(valid);
            using (PinnedPage page = await reader.WaitAsync(Background.Limit, TestContext.Current.CancellationToken))
                PoolScenario.Expect(page.Span, 1);
            Assert.Equal(1, other.Counters.Reads); // of the first round
            subject.Buffers.Unpin(pin);
            subject.Forget();
        }

        PoolFacts.AssertIdle(subject.Instance.Pool, subject.Buffers, other.Shared);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))] // 28
    public void Read_StartedByAnotherWhoDoesNotWait_IsComplete(string method, bool direct)
    {
        using PoolSubject subject = new(method, direct, temporary: false, pages: 4);
        using ForebaySession other = subject.Instance.OpenSession();
        (ReadRun run, BufferPin[] pins) = StartOne(subject, 1);

        Assert.Equal(1u, Version(other, subject.Fork, 1));

        run.Wait();
        subject.Unpin(pins);
        PoolFacts.AssertIdle(subject.Instance.Pool, subject.Buffers, other.Shared);
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 29
    public void Dispose_ReadInFlight_LeavesNothingBehind(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = new(method, direct, temporary, pages: 4);
        BufferPool pool = subject.Buffers.Pool;
        StartOne(subject, 1);

        subject.Session.Dispose();

        if (temporary)
            return; // its memory is gone: the operation must have been over, or the process would have been struck
        using ForebaySession other = subject.Instance.OpenSession();
        Assert.Equal(1u, Version(other, subject.Fork, 1));
        PoolFacts.AssertIdle(pool, other.Shared);
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))] // 30
    public void Read_StartedByAnotherAndBad_BothAreTold(string method, bool direct)
    {
        using PoolSubject subject = new(
            method, direct, temporary: false, pages: 4, draft => draft.Check = new StampCheck());
        StampCheck.Corrupt(subject.FilePath, 1, header: true);
        using ForebaySession other = subject.Instance.OpenSession();
        (ReadRun run, BufferPin[] pins) = StartOne(subject, 1);

        PageException its = Assert.Throws<PageException>(() => other.Read(subject.Fork, 1));
        PageException mine = Assert.Throws<PageException>(run.Wait);

        Assert.Equal((1u, 1u), (its.FirstBadBlock, mine.FirstBadBlock));
        Assert.Contains(subject.Fork.Path, its.Message, StringComparison.Ordinal);
        subject.Unpin(pins);
        PoolFacts.AssertIdle(subject.Instance.Pool, subject.Buffers, other.Shared);
    }

    private static ToyIo Hold(PoolSubject subject, uint block, out BufferPin pin)
    {
        subject.Buffers.Pin(subject.Fork, block, null, mayWait: true, out pin);
        ToyIo io = new(subject.Buffers, pin);
        Assert.Equal(BufferClaim.Claimed, io.Start());
        return io;
    }

    private static (ReadRun Run, BufferPin[] Pins) StartOne(PoolSubject subject, uint block)
    {
        ReadRun run = new(subject.Buffers);
        BufferPin[] pins = new BufferPin[1];
        int count = 1;
        Assert.Equal(ReadRunStart.Started,
            run.Start(subject.Request, block, pins, 0, ref count, ReadRunFlags.None, mayWait: true));
        return (run, pins);
    }

    private static uint Version(ForebaySession session, RelationFork fork, uint block)
    {
        using PinnedPage page = session.Read(fork, block);
        return PoolScenario.Expect(page.Span, block);
    }
}
