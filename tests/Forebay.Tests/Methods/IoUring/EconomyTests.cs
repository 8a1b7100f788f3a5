using Forebay.Engine;
using Forebay.Handles;
using Forebay.Methods.IoUring;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Tests.Interop.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// What an operation costs beyond itself, counted: kernel entries, and memory of the waiting threads.
/// </summary>
public class EconomyTests
{
    private const int PageBytes = 8192;

    /// <summary>Operations per kernel entry that batching must reach at depth 32.</summary>
    private const int PerEntryMin = 8;

    [Theory]
    [InlineData(8, 1)]
    [InlineData(32, 1)]
    [InlineData(32, 2)]
    public void Batches_OfAnEngine_EnterTheKernelOnce(int size, int rings)
    {
        const int Rounds = 50;
        using RingEngine engine = new(new IoUringOptions { Rings = rings }, concurrency: 64);
        using IoSession session = engine.OpenSession();
        for (int round = 0; round < Rounds; round++)
        {
            session.EnterBatch();
            for (int i = 0; i < size; i++)
                engine.Test.StartRead(session, i, i);
            session.ExitBatch();
            session.WaitForAll();
        }

        (long accepted, long calls) = Submitted(engine.Method);
        long again = Enumerable.Range(0, rings).Sum(ring => engine.Method.ReadRing(ring).Requeued);
        Assert.Equal((Rounds * size) + again, accepted);
        Assert.InRange(calls, Rounds, Rounds + again);
    }

    /// <summary>
    /// More than the device takes at a time: what waits for budget goes into the kernel as a group too, whenever a
    /// drain has made room.
    /// </summary>
    [Fact]
    public void Batches_OverBudget_GoTogetherAsRoomIsMade()
    {
        const int Rounds = 20;
        using RingEngine engine = new(new IoUringOptions { Rings = 1, DeviceBudget = 32 }, concurrency: 128);
        using IoSession session = engine.OpenSession();
        for (int round = 0; round < Rounds; round++)
        {
            for (int batch = 0; batch < 4; batch++)
            {
                session.EnterBatch();
                for (int i = 0; i < 32; i++)
                    engine.Test.StartRead(session, i, (batch * 32) + i);
                session.ExitBatch();
            }

            session.WaitForAll();
        }

        (long accepted, long calls) = Submitted(engine.Method);
        Assert.True(accepted >= Rounds * 128);
        Assert.True(calls <= accepted, $"{accepted} operations in {calls} entries");
        Assert.Equal(0, engine.Method.Read().Waiting);
    }

    /// <summary>
    /// A stream over random pages, once it has reached its depth. It gathers by what its consumer has taken, so the
    /// device's speed has no part in the count.
    /// </summary>
    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    public void RandomPages_OfAStreamAtDepth_GoInGroups(int depth)
    {
        const int Pages = 2048;
        RingTesting.Create().Dispose();
        string folder = Path.Combine(AppContext.BaseDirectory, "economy-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        try
        {
            string path = Path.Combine(folder, "pages");
            File.WriteAllBytes(path, new byte[Pages * PageBytes]);
            using ForebayInstance instance = Open(folder, depth);
            using ForebaySession session = instance.OpenSession();
            IoUringMethod method = (IoUringMethod)instance.Engine.Method;
            Random random = new(7);
            uint[] blocks = [.. Enumerable.Range(0, Pages).Select(static n => (uint)n)];
            random.Shuffle(blocks);
            using ReadStream<BlockSequence> stream = session.OpenReadStream(
                instance.File(path), new BlockSequence(blocks),
                new ReadStreamOptions { Flags = ReadStreamFlags.Full | ReadStreamFlags.UseBatching, CombineLimit = 1 });

            Take(stream, Pages / 4);
            (long acceptedBefore, long callsBefore) = Submitted(method);
            Take(stream, Pages / 2);
            (long accepted, long calls) = Submitted(method);

            Assert.InRange(stream.Statistics.DistanceMax, 32, depth + 1);
            double perEntry = (double)(accepted - acceptedBefore) / (calls - callsBefore);
            TestContext.Current.TestOutputHelper?.WriteLine($"{perEntry:F1} operations per entry");
            Assert.True(perEntry >= PerEntryMin, $"{perEntry:F1} operations per kernel entry");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// One thread attends to the ring and sleeps in the kernel, another sleeps in the ring's list and takes over. Both
    /// ways, again and again, without a byte.
    /// </summary>
    [Fact]
    public void Waiting_InTheKernelAndInTheList_AllocatesNothing()
    {
        const int Rounds = 60;
        const int Window = 10;
        using RingEngine engine = new(new IoUringOptions { Rings = 1 });
        using IoSession session = engine.OpenSession();
        using ManualFileSet files = new(2);
        IoWaitReference[] references = new IoWaitReference[2];
        using SemaphoreSlim mayAttend = new(0);
        using SemaphoreSlim mayJoin = new(0);
        using SemaphoreSlim done = new(0);
        long[,] allocated = new long[2, Rounds];
        Task attendant = Background.Run(() => Wait(0, mayAttend));
        Task joiner = Background.Run(() => Wait(1, mayJoin));
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < 2; i++)
                references[i] = engine.StartManual(session, files[i], i);
            long calls = engine.Method.ReadRing(0).WaitCalls;
            mayAttend.Release();
            engine.UntilAttended(0, calls);
            mayJoin.Release();
            engine.UntilListed(0, 1);
            calls = engine.Method.ReadRing(0).WaitCalls;
            files[0].Complete();
            engine.UntilListed(0, 0);
            files[1].Complete();
            Assert.True(done.Wait(Background.Limit) && done.Wait(Background.Limit));
            session.WaitForAll();
        }

        Background.Join(Task.WhenAll(attendant, joiner));
        Assert.Equal(0, Least(0));
        Assert.Equal(0, Least(1));

        void Wait(int who, SemaphoreSlim may)
        {
            for (int round = 0; round < Rounds; round++)
            {
                Assert.True(may.Wait(Background.Limit));
                long before = GC.GetAllocatedBytesForCurrentThread();
                engine.Test.Engine.Wait(references[who]);
                allocated[who, round] = GC.GetAllocatedBytesForCurrentThread() - before;
                done.Release();
            }
        }

        // Per window, the first left out: what is allocated per wait is in every one of them, what a collection in the
        // midst of one adds is not.
        long Least(int who) => Enumerable.Range(1, (Rounds / Window) - 1).Min(window =>
            Enumerable.Range(window * Window, Window).Sum(round => allocated[who, round]));
    }

    private static ForebayInstance Open(string folder, int depth)
    {
        try
        {
            return ForebayInstance.Open(folder, new ForebayOptions
            {
                IoMethod = IoMethod.IoUring,
                IoDirect = true,
                IoUringRings = 1,
                IoMaxConcurrency = depth,
                EffectiveIoConcurrency = depth,
                BufferPoolBytes = 1024 * PageBytes,
                MaxSessions = 2,
            });
        }
        catch (StorageException refused)
        {
            Assert.Skip($"no direct I/O here: {refused.Message}");
            throw;
        }
    }

    private static void Take(ReadStream<BlockSequence> stream, int pages)
    {
        for (int i = 0; i < pages; i++)
        {
            Assert.True(stream.TryNext(out PinnedPage page));
            page.Dispose();
        }
    }

    private static (long Accepted, long Calls) Submitted(IoUringMethod method)
    {
        IoUringRingReading[] rings = [.. Enumerable.Range(0, method.RingCount).Select(method.ReadRing)];
        return (rings.Sum(static ring => ring.Accepted), rings.Sum(static ring => ring.SubmitCalls));
    }
}
