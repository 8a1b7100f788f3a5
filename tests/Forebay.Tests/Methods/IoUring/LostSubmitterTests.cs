using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Methods.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// The kernel ties a request to the thread that submitted it. When that thread exits, what is not at the device yet
/// comes back cancelled or with a fault; the drainer, who lives, submits it again.
/// </summary>
public class LostSubmitterTests
{
    private const int AdviseRandom = 1;
    private const int AdviseDontNeed = 4;

    private static readonly IoUringOptions s_oneRing = new() { Rings = 1 };

    /// <summary>
    /// 64 cold buffered reads, most of them handed to kernel threads, by a thread that exits at once: all of them come
    /// with their data.
    /// </summary>
    [Fact]
    public void Submit_ThreadExitsWithColdBufferedReadsInFlight_AllComeWithTheirData()
    {
        using RingEngine engine = new(s_oneRing, concurrency: 64);
        Assert.Equal(0, FileTransfer.Sync(engine.Test.File.Descriptor, dataOnly: false));
        for (int round = 0; round < 20; round++)
        {
            // No read-ahead and nothing cached, so that each read is on its own.
            _ = Libc.Advise(engine.Test.File.Descriptor, 0, 0, AdviseRandom);
            _ = Libc.Advise(engine.Test.File.Descriptor, 0, 0, AdviseDontNeed);
            using IoSession session = engine.OpenSession();
            IoReturn[] outcomes = [.. Enumerable.Range(0, 64).Select(static _ => new IoReturn())];
            Exit(() =>
            {
                session.EnterBatch();
                for (int i = 0; i < outcomes.Length; i++)
                {
                    engine.Test.Frame(i).Clear();
                    engine.Test.Start(
                        session, outcomes[i], IoOperation.ReadVector, i, [i], IoHandleFlags.Buffered);
                }

                session.ExitBatch();
            });

            session.WaitForAll();

            Assert.All(outcomes, static outcome => Assert.Equal(IoStatus.Ok, outcome.Result.Status));
            Assert.All(Enumerable.Range(0, outcomes.Length), i => Assert.True(engine.Test.Holds(i, i)));
        }
    }

    /// <summary>The certain case: a read that cannot have completed when its submitter exits.</summary>
    [Fact]
    public void Submit_ThreadExitsWithAReadThatNeverCame_IsSubmittedAgainByTheDrainer()
    {
        using RingEngine engine = new(s_oneRing);
        using IoSession session = engine.OpenSession();
        using ManualFileSet files = new(5);
        IoReturn[] outcomes = [.. files.Select(static _ => new IoReturn())];
        Exit(() =>
        {
            for (int i = 0; i < files.Count; i++)
                engine.StartManual(session, files[i], i, outcomes[i]);
        });

        // What wakes the reads finds nobody to run them: they are given up, and the bytes stay in the pipes.
        foreach (ManualFile file in files)
            file.Complete(9);
        session.WaitForAll();

        Assert.Equal(files.Count, engine.Method.ReadRing(0).Requeued);
        Assert.All(outcomes, static outcome => Assert.Equal(IoStatus.Ok, outcome.Result.Status));
        Assert.All(Enumerable.Range(0, files.Count),
            i => Assert.Equal(-1, engine.Test.Frame(i).IndexOfAnyExcept((byte)9)));
    }

    /// <summary>Nobody blocks on it: the reaper finds it given up, and submits it again.</summary>
    [Fact]
    public async Task WaitAsync_ThreadExitsWithAReadThatNeverCame_IsSubmittedAgainByTheReaper()
    {
        using RingEngine engine = new(s_oneRing);
        using IoSession session = engine.OpenSession();
        using ManualFile file = new();
        IoReturn outcome = new();
        IoWaitReference reference = default;
        Exit(() => reference = engine.StartManual(session, file, 3, outcome));
        Task<bool> wait = session.WaitAsync(reference).AsTask();

        file.Complete(6);

        await wait.WaitAsync(Background.Limit);
        Assert.Equal(1, engine.Method.ReadRing(0).Requeued);
        Assert.Equal(IoStatus.Ok, outcome.Result.Status);
        Assert.Equal(-1, engine.Test.Frame(3).IndexOfAnyExcept((byte)6));
    }

    /// <summary>
    /// A waiter sleeps at the ring for an operation that is given up meanwhile; the drainer waits for something else.
    /// The waiter has to follow the operation, whichever ring it goes to.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Wait_InTheListWhenTheOperationIsGivenUp_FollowsIt(int rings)
    {
        using RingEngine engine = new(new IoUringOptions { Rings = rings });
        using IoSession session = engine.OpenSession();
        using IoSession other = engine.OpenSession();
        using IoSession third = engine.OpenSession();
        using ManualFileSet files = new(2); // closed before the sessions, which would wait for the reads
        using ManualResetEventSlim mayExit = new();
        IoWaitReference lost = default;
        using ManualResetEventSlim started = new();
        Task submitter = Background.Run(() => Exit(() =>
        {
            lost = engine.StartManual(session, files[1], 2);
            started.Set();
            mayExit.Wait(Background.Limit);
        }));
        Assert.True(started.Wait(Background.Limit));
        IoSession sameRing = rings == 1 ? other : third;
        IoWaitReference first = engine.StartManual(sameRing, files[0], 1);
        Task drainer = Background.Run(() => engine.Test.Engine.Wait(first));
        engine.UntilAttended(0, 0);
        Task waiter = Background.Run(() => engine.Test.Engine.Wait(lost));
        engine.UntilListed(0, 1);

        mayExit.Set();
        Background.Join(submitter);
        files[1].Complete(3);
        Background.Join(waiter);
        Assert.Equal(1, Requeued(engine));

        Assert.False(drainer.IsCompleted);
        files[0].Complete();
        Background.Join(drainer);
    }

    /// <summary>Threads that come and go own nothing of a ring: sessions opened by them outlive them.</summary>
    [Fact]
    public void Sessions_MovedOverManyShortLivedThreads_KeepWorking()
    {
        using RingEngine engine = new(concurrency: 8);
        using (SessionSet sessions = new(engine, 4))
        {
            for (int round = 0; round < 100; round++)
            {
                foreach (IoSession session in sessions)
                    Exit(() => engine.Test.StartRead(session, round % TestEngine.FileFrames, session.Slot));
            }
        }

        Assert.Equal(400, engine.Test.Transfers.Completed);
    }

    private static long Requeued(RingEngine engine) =>
        Enumerable.Range(0, engine.Method.RingCount).Sum(ring => engine.Method.ReadRing(ring).Requeued);

    // On a thread of its own that is gone, for the kernel too, when this returns: joining says only that its managed
    // part is over, and a thread on its way out still runs what a completion wakes.
    private static void Exit(Action action)
    {
        Exception? failure = null;
        string? entry = null;
        Thread thread = new(() =>
        {
            entry = new FileInfo("/proc/thread-self").LinkTarget;
            try
            {
                action();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        });
        thread.Start();
        thread.Join();
        Assert.NotNull(entry);
        Background.Until(() => !Directory.Exists($"/proc/{entry}"), "the end of the submitting thread");
        Assert.Null(failure);
    }
}
