using Forebay.Conformance.Buffers;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>
/// What sessions leave behind and what is closed under them, over whole instances of every method, buffered and direct.
/// </summary>
public sealed class CleanupTests
{
    private const int Pages = 40;
    private const int PageBytes = 8192;

    public static TheoryData<string, bool> Methods => PoolScenario.Methods;

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Close_OperationsStagedInAnOpenBatch_ComeThroughAndTheFileOpensAgain(string method, bool direct)
    {
        using PoolScenario scenario = new(method, direct, Pages, poolPages: 64);
        StorageManager storage = scenario.Instance.Storage;
        using ForebaySession session = scenario.Instance.OpenSession();
        IoReturn[] results = [new(), new(), new()];
        for (int round = 0; round < 6; round++)
        {
            session.Io.EnterBatch();
            IoWaitReference[] references = [.. results.Select((result, at) =>
                StartRead(scenario, session.Io, (uint)(round + at), 60 + at, result))];

            // Not the session's own flow: its operations lease the file, and the session does nothing more.
            await Background.Run(() => storage.Close(scenario.Fork)).WaitAsync(Background.Limit);

            session.Io.ExitBatch();
            if (round % 2 == 0)
            {
                foreach (IoWaitReference reference in references)
                    session.Io.Wait(reference);
            }
            else if (round % 3 == 0)
            {
                foreach (IoWaitReference reference in references)
                    await session.Io.WaitAsync(reference).AsTask().WaitAsync(Background.Limit);
            }
            else
            {
                session.Io.WaitForAll();
            }

            for (int at = 0; at < results.Length; at++)
            {
                Assert.Equal((IoStatus.Ok, 1), (results[at].Result.Status, results[at].Result.Value));
                PoolScenario.Expect(scenario.Instance.Arenas.Frame(FrameArenas.Pool, 60 + at), (uint)(round + at));
            }
        }

        // And pages can still be read in the ordinary way.
        using PinnedPage page = session.Read(scenario.Fork, 3);
        PoolScenario.Expect(page.Span, 3);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void EndWork_HandleAndBatchLeftOpen_IsANoticeEachAndTheSessionReadsOn(string method, bool direct)
    {
        ForebayOptionsDraft? options = null;
        using PoolScenario scenario = new(method, direct, Pages, change: draft => options = draft);
        using ForebaySession session = scenario.Instance.OpenSession();

        session.Io.EnterBatch();
        IoReturn dropped = new();
        IoWaitReference staged = StartRead(scenario, session.Io, 5, 60, dropped);
        session.Io.Acquire(null);
        session.EndWork();
        Assert.Equal(["handle-leak", "batch-leak"], options!.Notices.Select(notice => notice.Kind));

        options.Notices.Clear();
        session.EndWork();
        session.Io.Wait(staged);
        Assert.False(dropped.IsFilled);
        using (PinnedPage page = session.Read(scenario.Fork, 7))
            PoolScenario.Expect(page.Span, 7);
        Assert.Empty(options.Notices);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Scan_OneHandleAndOnePageEach_SessionsAtOnceAllComeThrough(string method, bool direct)
    {
        const int Sessions = 4;
        const int Scans = 5;
        using PoolScenario scenario = new(method, direct, 200, poolPages: 96, change: draft =>
        {
            draft.Concurrency = 1;
            draft.Combine = 1;
        });
        Task[] scans = [.. Enumerable.Range(0, Sessions).Select(_ => Background.Run(() =>
        {
            using ForebaySession session = scenario.Instance.OpenSession();
            for (int scan = 0; scan < Scans; scan++)
            {
                uint next = 0;
                using ReadStream<BlockRange> stream = session.OpenReadStream(scenario.Fork, BlockRange.All);
                while (stream.TryNext(out PinnedPage page))
                {
                    using (page)
                        PoolScenario.Expect(page.Span, next++);
                }

                Assert.Equal(200u, next);
            }
        }))];

        foreach (Task scan in scans)
            Background.Join(scan);
    }

    private static IoWaitReference StartRead(
        PoolScenario scenario, IoSession session, uint block, int frame, IoReturn result)
    {
        int handle = session.Acquire(result);
        IoWaitReference reference = session.Reference(handle);
        scenario.Instance.Storage.StartRead(session, handle, scenario.Fork, block, FrameArenas.Pool, [frame]);
        return reference;
    }
}
