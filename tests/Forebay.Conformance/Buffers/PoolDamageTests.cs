using Forebay.Buffers;
using Forebay.Streams;
using Forebay.Telemetry;

namespace Forebay.Conformance.Buffers;

/// <summary>
/// Damaged pages as errors, as zeros with a warning, and failed checksums that are accepted with a warning: 37 to 60 of
/// the list of PostgreSQL's tests, with a page check of the user's own under its id. What has no counterpart is named
/// in
/// docs/from-postgresql.md.
/// </summary>
public sealed class PoolDamageTests
{
    private const int Pages = 16;
    private const string Warning = "page-warning";
    private readonly StampCheck _check = new();

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 37 to 39
    public void Read_BadBlock_FailsThenIsZeroedThenRepaired(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        StampCheck.Corrupt(subject.FilePath, 0, header: true);
        BufferPin[] pins = new BufferPin[1];

        PageException error = Assert.Throws<PageException>(() => subject.Read(0, pins));
        Assert.Equal((0u, 1, 0), (error.FirstBadBlock, error.BadPages, error.ChecksumFailures));
        Assert.Contains("block 0", error.Message, StringComparison.Ordinal);
        Assert.False(subject.IsValid(pins[0]));
        Assert.Empty(subject.Notices);

        subject.Read(0, pins, ReadRunFlags.ZeroOnError); // the same pin: a page that failed can be tried again
        Assert.Equal((0u, 1, 0), Warned(subject));
        Assert.True(subject.IsValid(pins[0]));
        Assert.False(subject.Buffers.Page(pins[0]).ContainsAnyExcept((byte)0));
        subject.Unpin(pins);

        subject.Forget();
        StampCheck.Corrupt(subject.FilePath, 0);
        Array.Clear(pins);
        subject.Read(0, pins);
        PoolScenario.Expect(subject.Buffers.Page(pins[0]), 0);
        subject.Unpin(pins);
        subject.AssertIdle();
        Assert.Single(subject.Notices);
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 40 to 43
    public void Read_TwoBadBlocksOfFour_AreToldAtOnce(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        StampCheck.Corrupt(subject.FilePath, 3, header: true);
        BufferPin[] pins = new BufferPin[4];
        PageException error = Assert.Throws<PageException>(() => subject.Read(2, pins));
        Assert.Equal((3u, 1), (error.FirstBadBlock, error.BadPages));
        Assert.Equal([true, false, true, true], pins.Select(subject.IsValid));
        subject.Unpin(pins);
        subject.Forget();

        StampCheck.Corrupt(subject.FilePath, 5, header: true);
        Array.Clear(pins);
        error = Assert.Throws<PageException>(() => subject.Read(2, pins));
        Assert.Equal((3u, 2), (error.FirstBadBlock, error.BadPages));
        Assert.Contains("2 invalid pages", error.Message, StringComparison.Ordinal);
        Assert.Contains("block 3", error.Message, StringComparison.Ordinal);
        Assert.Equal([true, false, true, false], pins.Select(subject.IsValid));
        subject.Unpin(pins);
        subject.Forget();

        Array.Clear(pins);
        subject.Read(2, pins, ReadRunFlags.ZeroOnError);
        Assert.Equal((3u, 2, 0), Warned(subject));
        Assert.All(pins, pin => Assert.True(subject.IsValid(pin)));
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 13, 44 and 45
    public void OpenReadStream_BadBlock_FollowsTheSetting(string method, bool direct, bool temporary)
    {
        foreach (bool zero in (bool[])[false, true])
        {
            using PoolSubject subject = Open(method, direct, temporary, draft => draft.ZeroDamagedPages = zero);
            StampCheck.Corrupt(subject.FilePath, 2, header: true);
            using ReadStream<BlockRange> stream = subject.Session.OpenReadStream(subject.Fork, BlockRange.All);
            int count = 0;
            PageException? error = null;
            try
            {
                for (; stream.TryNext(out PinnedPage page); count++)
                    page.Dispose();
            }
            catch (PageException exception)
            {
                error = exception;
            }

            Assert.Equal(zero ? Pages : 2, count);
            Assert.Equal(zero ? null : 2u, error?.FirstBadBlock);
            Assert.Equal(zero ? 1 : 0, subject.Notices.Count);
        }
    }

    [Theory, MemberData(nameof(PoolScenario.Methods), MemberType = typeof(PoolScenario))] // 46
    public void Read_AnothersReadZeroesAPage_TheWarningIsTheIssuers(string method, bool direct)
    {
        using PoolSubject subject = Open(method, direct, temporary: false);
        if (subject.ReadsWhenWaited)
            return; // its reads are nobody else's to complete
        StampCheck.Corrupt(subject.FilePath, 1, header: true);
        using ForebaySession other = subject.Instance.OpenSession();
        ReadRun run = new(subject.Buffers);
        BufferPin[] pins = new BufferPin[2];
        int count = 2;
        run.Start(subject.Request, 0, pins, 0, ref count, ReadRunFlags.ZeroOnError, mayWait: true);

        using (PinnedPage page = other.Read(subject.Fork, 1))
            Assert.False(page.Span.ContainsAnyExcept((byte)0));
        Assert.Empty(subject.Notices);

        run.Wait();
        Assert.Equal((1u, 1, 0), Warned(subject));
        subject.Unpin(pins);
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 47 to 49, without databases
    public void Read_ChecksumsFail_AreCountedInTheError(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        StampCheck.Corrupt(subject.FilePath, 6, checksum: true);
        BufferPin[] pins = new BufferPin[2];
        PageException error = Assert.Throws<PageException>(() => subject.Read(6, pins));
        Assert.Equal((6u, 1, 1), (error.FirstBadBlock, error.BadPages, error.ChecksumFailures));
        Assert.Equal([false, true], pins.Select(subject.IsValid));
        subject.Unpin(pins);

        StampCheck.Corrupt(subject.FilePath, 7, checksum: true);
        subject.Forget();
        Array.Clear(pins);
        error = Assert.Throws<PageException>(() => subject.Read(6, pins));
        Assert.Equal((6u, 2, 2), (error.FirstBadBlock, error.BadPages, error.ChecksumFailures));
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 50 to 53
    public void Read_ChecksumFailureIgnored_OnlyDamageIsAnError(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        StampCheck.Corrupt(subject.FilePath, 1, checksum: true);
        BufferPin[] one = new BufferPin[1];
        Assert.Throws<PageException>(() => subject.Read(1, one));
        subject.Read(1, one, ReadRunFlags.IgnoreChecksumFailure);
        Assert.Equal((1u, 0, 1), Warned(subject));
        PoolScenario.Expect(subject.Buffers.Page(one[0]), 1);
        subject.Unpin(one);

        StampCheck.Corrupt(subject.FilePath, 2, header: true);
        subject.Forget();
        BufferPin[] pins = new BufferPin[3];
        PageException error = Assert.Throws<PageException>(
            () => subject.Read(0, pins, ReadRunFlags.IgnoreChecksumFailure));
        Assert.Equal((2u, 1), (error.FirstBadBlock, error.BadPages));
        Assert.Equal([true, true, false], pins.Select(subject.IsValid));
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 54
    public void Read_ZeroedAndIgnoredTogether_OneWarningTellsOfBoth(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        StampCheck.Corrupt(subject.FilePath, 2, checksum: true);
        StampCheck.Corrupt(subject.FilePath, 3, header: true);
        StampCheck.Corrupt(subject.FilePath, 4, header: true, checksum: true);
        StampCheck.Corrupt(subject.FilePath, 5, header: true);
        StampCheck.Corrupt(subject.FilePath, 6, checksum: true);
        BufferPin[] pins = new BufferPin[5];

        subject.Read(2, pins, ReadRunFlags.ZeroOnError | ReadRunFlags.IgnoreChecksumFailure);

        Assert.Equal((3u, 3, 2), Warned(subject));
        Assert.Contains("3 pages were replaced by zeros and 2 checksum failures", subject.Notices[0].Message,
            StringComparison.Ordinal);
        Assert.All(pins, pin => Assert.True(subject.IsValid(pin)));
        Assert.Equal([false, true, true, true, false],
            pins.Select(pin => !subject.Buffers.Page(pin).ContainsAnyExcept((byte)0)));
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 59 and 60
    public void Read_DamagedAndChecksumFails_IgnoringDoesNotHelp(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        StampCheck.Corrupt(subject.FilePath, 3, header: true, checksum: true);
        BufferPin[] pins = new BufferPin[1];
        Assert.Throws<PageException>(() => subject.Read(3, pins, ReadRunFlags.IgnoreChecksumFailure));
        subject.Read(3, pins, ReadRunFlags.IgnoreChecksumFailure | ReadRunFlags.ZeroOnError);
        Assert.Equal((3u, 1, 0), Warned(subject));
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void PageCheck_UsersOwn_SealsWhatIsWrittenAndJudgesWhatIsRead(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        int sealedBefore = _check.Sealed;
        PoolWork.Change(subject.Session, subject.Fork, 0, Pages, version: 3);
        Assert.Equal(Pages, subject.Session.Flush(subject.Fork));
        Assert.Equal(sealedBefore + Pages, _check.Sealed);
        subject.Forget();
        int checkedBefore = _check.Checked;
        for (uint block = 0; block < Pages; block++)
        {
            using PinnedPage page = subject.Session.Read(subject.Fork, block);
            Assert.Equal(3u, PoolScenario.Expect(page.Span, block));
            using PinnedPage again = subject.Session.Read(subject.Fork, block); // a hit is not judged again
        }

        Assert.Equal(checkedBefore + Pages, _check.Checked);

        subject.Forget();
        using ReadStream<BlockRange> unchecked_ = subject.Session.OpenReadStream(
            subject.Fork, BlockRange.All, new ReadStreamOptions { PageCheck = 0 });
        while (unchecked_.TryNext(out PinnedPage page))
            page.Dispose();
        Assert.Equal(checkedBefore + Pages, _check.Checked);
    }

    private PoolSubject Open(
        string method, bool direct, bool temporary, Action<ForebayOptionsDraft>? change = null) =>
        new(method, direct, temporary, Pages, draft =>
        {
            draft.Check = _check;
            change?.Invoke(draft);
        });

    private static (uint First, int Bad, int ChecksumFailures) Warned(PoolSubject subject)
    {
        Notice notice = Assert.Single(subject.Notices);
        Assert.Equal(Warning, notice.Kind);
        PageException cause = Assert.IsType<PageException>(notice.Cause);
        Assert.Equal(notice.Message, cause.Message);
        return (cause.FirstBadBlock, cause.BadPages, cause.ChecksumFailures);
    }
}
