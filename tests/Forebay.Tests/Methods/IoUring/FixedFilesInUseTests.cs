using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.IoUring;
using Forebay.Storage;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// Registered files under the real file table: closed, evicted and removed while operations use them.
/// </summary>
public class FixedFilesInUseTests
{
    private const int Seed = 4711;
    private const int Relations = 10;
    private const uint Blocks = 20;

    private static readonly IoUringOptions s_atOnce = new() { Rings = 2, UsesBeforeRegistering = 1 };

    /// <summary>
    /// The read is over for the kernel and not yet for us: the file keeps its slot until the lease is given back.
    /// </summary>
    [Fact]
    public void Close_ReadIsBeingCompleted_SlotStaysUntilItIs()
    {
        ScriptedHoldPoints holds = new();
        using ManualResetEventSlim held = new();
        using ManualResetEventSlim release = new();
        using RingStorage rings = new(EngineFixture.SmallSegments, s_atOnce, new RefusingKernel(), holds);
        EngineFixture bench = rings.Bench;
        RelationFork fork = bench.NewRelation(1, Blocks);
        Assert.Equal(IoStatus.Ok, bench.Read(fork, 2, 1).Result.Status);
        int slot = fork.File(0).Slot;
        int ring = bench.Session.Slot % 2;
        Assert.True(rings.Method.Files.IsRegistered(ring, slot));
        holds[HoldPoint.RawResult] = (in _, ref _) =>
        {
            held.Set();
            release.Wait(Background.Limit);
        };
        IoReturn result = new();
        int handle = bench.Session.Acquire(result);
        IoWaitReference reference = bench.Session.Reference(handle);
        bench.Storage.StartRead(bench.Session, handle, fork, 3, FrameArenas.Pool, [1]);
        Task drainer = Background.Run(() => bench.Engine.Wait(reference));
        Assert.True(held.Wait(Background.Limit));

        Task closing = Background.Run(() => bench.Storage.Close(fork));
        Background.Until(() => TakesNoLeases(bench, fork), "a file that takes no new leases");
        bool wasRegistered = rings.Method.Files.IsRegistered(ring, slot);
        bool wasClosed = closing.IsCompleted;
        holds[HoldPoint.RawResult] = null;
        release.Set();
        Background.Join(closing);
        Background.Join(drainer);
        bench.Session.Wait(reference);

        Assert.True(wasRegistered);
        Assert.False(wasClosed);
        Assert.False(rings.Method.Files.IsRegistered(ring, slot));
        EngineFixture.AssertPage(bench.Frame(1), 1, 3);
    }

    /// <summary>
    /// Few slots and many files, each registered at its first use: every slot goes from file to file while reads run.
    /// A read through a slot that still led to the file before shows as a page of another relation.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ReadersAndClosers_EveryUseRegisters_EveryPageIsTheRightOne(int slots)
    {
        RefusingKernel kernel = new();
        using RingStorage rings = new(EngineFixture.SmallSegments with { OpenFilesMax = slots }, s_atOnce, kernel);
        EngineFixture bench = rings.Bench;
        RelationFork[] forks = [.. Enumerable.Range(1, Relations).Select(n => bench.NewRelation((uint)n, Blocks))];
        int rounds = Rounds(150);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}, {slots} slots, {rounds} rounds");
        int reading = 3;

        Task[] readers = [.. Enumerable.Range(0, 3).Select(thread => Background.Run(() =>
        {
            try
            {
                Read(bench, forks, thread, rounds);
            }
            finally
            {
                Interlocked.Decrement(ref reading);
            }
        }))];
        Task closer = Background.Run(() =>
        {
            Random random = new(Seed + 200);
            while (Volatile.Read(ref reading) > 0)
                bench.Storage.Close(forks[random.Next(forks.Length)]);
        });
        Background.Join(Task.WhenAll(readers.Append(closer))); // all of them, before anything is disposed

        // All of what was put into slots came out again, apart from what is open now.
        int put = kernel.FileUpdates.Count(static update => update.Descriptor >= 0);
        int emptied = kernel.FileUpdates.Count(static update => update.Descriptor < 0);
        Assert.True(put > Relations, $"{put} registrations");
        Assert.InRange(put - emptied, 0, slots * 2);
    }

    private static int Rounds(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("FOREBAY_STRESS"), out int factor) ? usual * factor : usual;

    private static void Read(EngineFixture bench, RelationFork[] forks, int thread, int rounds)
    {
        const int Depth = 6;
        Random random = new(Seed + thread);
        using IoSession session = bench.Engine.OpenSession();
        IoReturn[] results = [.. Enumerable.Range(0, Depth).Select(static _ => new IoReturn())];
        (RelationFork Fork, uint Block)[] asked = new (RelationFork, uint)[Depth];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < Depth; i++)
            {
                asked[i] = (forks[random.Next(forks.Length)], (uint)random.Next((int)Blocks));
                int handle = session.Acquire(results[i]);
                bench.Storage.StartRead(
                    session, handle, asked[i].Fork, asked[i].Block, FrameArenas.Pool, [(thread * Depth) + i]);
            }

            session.WaitForAll();
            for (int i = 0; i < Depth; i++)
            {
                Assert.Equal(new IoResult(IoStatus.Ok, 1), results[i].Result);
                EngineFixture.AssertPage(
                    bench.Frame((thread * Depth) + i), asked[i].Fork.Locator.Relation, asked[i].Block);
            }
        }
    }

    private static bool TakesNoLeases(EngineFixture bench, RelationFork fork)
    {
        if (!bench.Storage.Files.TryLease(fork.File(0), forWrite: false, out FileLease lease))
            return true;
        bench.Storage.Files.Release(lease);
        return false;
    }
}
