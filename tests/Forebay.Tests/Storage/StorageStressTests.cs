using System.Buffers.Binary;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop;
using Forebay.Memory;
using Forebay.Storage;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Storage;

/// <summary>
/// Few slots, many files, many threads: readers through handles and without, while others close, cut and remove the
/// same files. Every page tells which it is, so a descriptor that was reused under somebody's feet shows as a wrong
/// page.
/// </summary>
public class StorageStressTests
{
    private const int Seed = 20251;
    private const int Relations = 12;
    private const uint Blocks = 20;
    private const uint Version = 1000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void ReadersAndClosers_FewSlots_EveryPageIsTheRightOne(int slots)
    {
        using EngineFixture bench = new(
            EngineFixture.SmallSegments with { OpenFilesMax = slots }, services => new HeldMethod(services));
        RelationFork[] forks =
            [.. Enumerable.Range(1, Relations).Select(n => bench.NewRelation((uint)n, Blocks))];
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}, {slots} slots");
        int reading = 3;

        Task[] readers = [.. Enumerable.Range(0, 3).Select(thread => Background.Run(() =>
        {
            try
            {
                ReadThroughHandles(bench, forks, thread);
            }
            finally
            {
                Interlocked.Decrement(ref reading);
            }
        }))];
        Task plain = Background.Run(() =>
        {
            Random random = new(Seed + 100);
            byte[] page = new byte[8192];
            while (Volatile.Read(ref reading) > 0)
            {
                uint block = (uint)random.Next((int)Blocks);
                RelationFork fork = forks[random.Next(forks.Length)];
                bench.Storage.Read(fork, block, page);
                EngineFixture.AssertPage(page, fork.Locator.Relation, block);
                Assert.Equal(Blocks, bench.Storage.GetBlockCount(fork));
            }
        });
        Task closer = Background.Run(() =>
        {
            Random random = new(Seed + 200);
            while (Volatile.Read(ref reading) > 0)
                bench.Storage.Close(forks[random.Next(forks.Length)]);
        });

        Background.Join(Task.WhenAll([.. readers, plain, closer])); // all of them, before the bench is disposed
        Assert.InRange(bench.Storage.Files.InUse, 0, slots);
    }

    [Fact]
    public void ReadersAndDroppers_FilesComeAndGo_ReadsAreRightOrMissing()
    {
        using EngineFixture bench = new(
            EngineFixture.SmallSegments with { OpenFilesMax = 4 }, services => new HeldMethod(services));
        RelationFork[] forks = [.. Enumerable.Range(1, 4).Select(n => bench.NewRelation((uint)n, Blocks))];
        bool dropping = true;
        int good = 0;
        int missing = 0;

        Task[] readers = [.. Enumerable.Range(0, 2).Select(thread => Background.Run(() =>
        {
            Random random = new(Seed + thread);
            using IoSession session = bench.Engine.OpenSession();
            IoReturn result = new();
            while (Volatile.Read(ref dropping))
            {
                RelationFork fork = forks[random.Next(forks.Length)];
                uint block = (uint)random.Next((int)Blocks);
                ReadOne(bench, session, fork, block, thread, result);
                if (result.Result.Status == IoStatus.Ok)
                {
                    // Which making of the relation it was cannot be known here, but it is one of its makings.
                    uint content = BinaryPrimitives.ReadUInt32LittleEndian(bench.Frame(thread));
                    Assert.Equal(fork.Locator.Relation, content % Version);
                    EngineFixture.AssertPage(bench.Frame(thread), content, block);
                    Interlocked.Increment(ref good);
                    continue;
                }

                // Being removed, or made and not yet that long.
                Assert.Contains(result.Result.Detail, new[] { 0u, (uint)Errno.NoEntry });
                Interlocked.Increment(ref missing);
            }
        }))];
        Task dropper = Background.Run(() =>
        {
            try
            {
                DropAndMake(bench, forks);
            }
            finally
            {
                Volatile.Write(ref dropping, false);
            }
        });

        Background.Join(Task.WhenAll([.. readers, dropper])); // all of them, before the bench is disposed
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}: {good} good reads, {missing} of missing files");
        Assert.True(good > 0);
    }

    [Fact]
    public void GrowersAndCutters_OneFork_CountIsAlwaysWhole()
    {
        using EngineFixture bench = new();
        RelationFork fork = bench.NewRelation(1, 8);
        bool running = true;

        Task counter = Background.Run(() =>
        {
            while (Volatile.Read(ref running))
            {
                uint count = bench.Storage.GetBlockCount(fork);
                Assert.True(count is >= 8 and <= 8 + (3 * 50), $"{count} blocks");
            }
        });
        Task[] growers = [.. Enumerable.Range(0, 3).Select(thread => Background.Run(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                try
                {
                    bench.Storage.ZeroExtend(fork, bench.Storage.GetBlockCount(fork), 1);
                    if (i % 10 == thread)
                        bench.Storage.Truncate(fork, 8);
                }
                catch (ArgumentException)
                {
                    continue; // another thread has grown or cut it since it was asked for its length
                }
            }
        }))];

        Task grown = Task.WhenAll(growers).ContinueWith(
            growing =>
            {
                Volatile.Write(ref running, false); // release: also when a grower failed, or the counter never ends
                return growing;
            },
            TaskScheduler.Default).Unwrap();
        Background.Join(Task.WhenAll(grown, counter));
        byte[] page = new byte[8192];
        for (uint block = 0; block < 8; block++)
        {
            bench.Storage.Read(fork, block, page);
            EngineFixture.AssertPage(page, 1, block);
        }
    }

    private static void DropAndMake(EngineFixture bench, RelationFork[] forks)
    {
        Random random = new(Seed + 300);
        byte[] page = new byte[8192];
        for (uint round = 1; round <= 150; round++)
        {
            RelationFork fork = forks[random.Next(forks.Length)];
            uint content = fork.Locator.Relation + (round * Version);
            bench.Storage.Unlink(fork);
            Assert.False(bench.Storage.Exists(fork));
            bench.Storage.Create(fork, existsIsFine: false);
            for (uint block = 0; block < Blocks; block++)
            {
                EngineFixture.FillPage(page, content, block);
                bench.Storage.Extend(fork, block, page);
            }

            // Through a descriptor of the removed file that survived somewhere the pages would have gone nowhere.
            byte[] last = File.ReadAllBytes(fork.SegmentFullPath(1));
            Assert.Equal((int)(Blocks - 16) * 8192, last.Length);
            EngineFixture.AssertPage(last.AsSpan(0, 8192), content, 16);
        }
    }

    private static void ReadThroughHandles(EngineFixture bench, RelationFork[] forks, int thread)
    {
        const int Depth = 8;
        Random random = new(Seed + thread);
        using IoSession session = bench.Engine.OpenSession();
        IoReturn[] results = [.. Enumerable.Range(0, Depth).Select(_ => new IoReturn())];
        (RelationFork Fork, uint Block)[] asked = new (RelationFork, uint)[Depth];
        for (int round = 0; round < 150; round++)
        {
            bool inBatch = random.Next(2) == 0;
            if (inBatch)
                session.EnterBatch();
            for (int i = 0; i < Depth; i++)
            {
                asked[i] = (forks[random.Next(forks.Length)], (uint)random.Next((int)Blocks));
                int handle = session.Acquire(results[i]);
                bench.Storage.StartRead(
                    session, handle, asked[i].Fork, asked[i].Block, FrameArenas.Pool, [(thread * Depth) + i]);
            }

            if (inBatch)
                session.ExitBatch();
            session.WaitForAll();
            for (int i = 0; i < Depth; i++)
            {
                Assert.Equal(new IoResult(IoStatus.Ok, 1), results[i].Result);
                EngineFixture.AssertPage(
                    bench.Frame((thread * Depth) + i), asked[i].Fork.Locator.Relation, asked[i].Block);
            }
        }
    }

    private static void ReadOne(
        EngineFixture bench, IoSession session, RelationFork fork, uint block, int frame, IoReturn result)
    {
        int handle = session.Acquire(result);
        IoWaitReference reference = session.Reference(handle);
        bench.Storage.StartRead(session, handle, fork, block, FrameArenas.Pool, [frame]);
        session.Wait(reference);
    }
}
