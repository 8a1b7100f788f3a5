using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Buffers;

/// <summary>Results put in the place of the kernel's: 81 to 89 of the list of PostgreSQL's tests.</summary>
public sealed class PoolInjectTests
{
    private const int PageBytes = 8192;
    private const int ReadOnlyFileSystem = 30;
    private readonly ScriptedHoldPoints _holdPoints = new();
    private int _left;

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 81
    public void Read_ResultIsTheWholeSize_IsHarmless(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        Next(reads: 1, PageBytes * 4);
        ReadAndCheck(subject, 0, 4, reads: 1);
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 82
    public void Read_SeventeenBytesOfOneBlock_Fails(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        Next(reads: 1, 17);
        BufferPin[] pins = new BufferPin[1];
        StorageException error = Assert.Throws<StorageException>(() => subject.Read(2, pins));
        Assert.Equal((2u, 0, 0L), (error.FirstBlock, error.Errno, error.BytesRead));
        Assert.Contains("before block 2 is complete", error.Message, StringComparison.Ordinal);
        Assert.False(subject.IsValid(pins[0]));
        subject.Unpin(pins);
        ReadAndCheck(subject, 2, 1, reads: 1);
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 83 and 84
    public void Read_CutToOneOrTwoBlocks_IsContinuedWithTheRest(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        foreach (int bytes in (int[])[PageBytes, PageBytes * 2, PageBytes * 2 + 17])
        {
            Next(reads: 1, bytes);
            ReadAndCheck(subject, 1, 6, reads: 2);
            subject.Forget();
        }
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 85
    public void Read_BadPageInTheContinuedPart_IsNamedRight(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        StampCheck.Corrupt(subject.FilePath, 4, header: true);
        Next(reads: 1, PageBytes * 2);
        BufferPin[] pins = new BufferPin[4];

        PageException error = Assert.Throws<PageException>(() => subject.Read(1, pins));

        Assert.Equal((4u, 1), (error.FirstBadBlock, error.BadPages));
        Assert.Equal([true, true, true, false], pins.Select(subject.IsValid));
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    // A short read and a zeroed page at once: the rest is read all the same.
    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))]
    public void Read_ZeroedPageInAShortRead_IsContinued(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        StampCheck.Corrupt(subject.FilePath, 1, header: true);
        Next(reads: 1, PageBytes * 2);
        BufferPin[] pins = new BufferPin[4];

        subject.Read(0, pins, ReadRunFlags.ZeroOnError);

        Assert.All(pins, pin => Assert.True(subject.IsValid(pin)));
        PoolScenario.Expect(subject.Buffers.Page(pins[3]), 3);
        Assert.Single(subject.Notices);
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 86 to 88
    public void Read_InputOutputErrorTwice_ThenRecovers(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        Next(reads: 2, -(int)Errno.InputOutput);
        for (int attempt = 0; attempt < 2; attempt++)
        {
            StorageException error = Assert.Throws<StorageException>(() => subject.Session.Read(subject.Fork, 3));
            Assert.Equal((3u, (int)Errno.InputOutput), (error.FirstBlock, error.Errno));
            subject.AssertIdle();
        }

        using (PinnedPage page = subject.Session.Read(subject.Fork, 3))
            PoolScenario.Expect(page.Span, 3);
        subject.AssertIdle();
    }

    [Theory, MemberData(nameof(PoolSubject.Methods), MemberType = typeof(PoolSubject))] // 89
    public void Read_ReadOnlyFileSystem_SaysSo(string method, bool direct, bool temporary)
    {
        using PoolSubject subject = Open(method, direct, temporary);
        Next(reads: 1, -ReadOnlyFileSystem);
        BufferPin[] pins = new BufferPin[4];
        StorageException error = Assert.Throws<StorageException>(() => subject.Read(0, pins));
        Assert.Equal(ReadOnlyFileSystem, error.Errno);
        Assert.Contains("read-only", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(subject.Fork.Path, error.Message, StringComparison.Ordinal);
        subject.Unpin(pins);
        subject.AssertIdle();
    }

    private PoolSubject Open(string method, bool direct, bool temporary) =>
        new(method, direct, temporary, pages: 8, draft =>
        {
            draft.HoldPoints = _holdPoints;
            draft.Check = new StampCheck();
        });

    private void Next(int reads, int result)
    {
        _left = reads;
        _holdPoints[HoldPoint.RawResult] = (in IoHandleView handle, ref int raw) =>
        {
            if (handle.Operation == IoOperation.ReadVector && Interlocked.Decrement(ref _left) >= 0)
                raw = result < 0 ? result : Math.Min(raw, result);
        };
    }

    private static void ReadAndCheck(PoolSubject subject, uint first, int count, int reads)
    {
        long before = subject.Buffers.Counters.Reads;
        BufferPin[] pins = new BufferPin[count];
        subject.Read(first, pins);
        Assert.Equal(reads, subject.Buffers.Counters.Reads - before);
        for (int i = 0; i < count; i++)
            PoolScenario.Expect(subject.Buffers.Page(pins[i]), first + (uint)i);
        subject.Unpin(pins);
        subject.AssertIdle();
    }
}
