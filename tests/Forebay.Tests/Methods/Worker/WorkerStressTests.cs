using System.Runtime.InteropServices;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Methods.Worker;

namespace Forebay.Tests.Methods.Worker;

/// <summary>Many sessions and changing settings at once; each operation completes once, with its bytes.</summary>
public sealed class WorkerStressTests
{
    private const int Sessions = 8;
    private const int FramesEach = WorkerFixture.FrameCount / Sessions;

    [Theory]
    [InlineData(1)]
    [InlineData(20260801)]
    public void Submit_EightSessionsAtOnce_CompletesEachOperationExactlyOnce(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        const int operations = 3000;
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 2, MaxWorkers = 5 });
        RunSessions(fixture, seed, operations);
        AssertEachOnce(fixture, Sessions * operations);
        WorkerStatistics statistics = fixture.Statistics;
        Assert.Equal(Sessions * operations, statistics.ExecutedByWorkers + statistics.ExecutedContended
            + statistics.ExecutedFull + statistics.ExecutedNoWorker);
        Assert.Equal(Sessions * operations, fixture.Target.Released);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(77)]
    public void Options_ChangedAtRandomUnderLoad_LoseNothing(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        const int operations = 1500;
        using WorkerFixture fixture = new(new WorkerOptions());
        Random random = new(seed);
        bool done = false;
        Thread changer = new(() =>
        {
            while (!Volatile.Read(ref done))
            {
                fixture.Method.Options = new WorkerOptions
                {
                    MinWorkers = random.Next(1, 7),
                    MaxWorkers = random.Next(1, 13),
                    IdleTimeout = TimeSpan.FromMilliseconds(random.Next(0, 3)),
                    LaunchInterval = TimeSpan.FromMilliseconds(random.Next(0, 3)),
                };
                Thread.Yield();
            }
        });
        changer.Start();
        RunSessions(fixture, seed, operations);
        Volatile.Write(ref done, true);
        changer.Join();
        AssertEachOnce(fixture, Sessions * operations);

        WorkerOptions last = new() { MinWorkers = 3, MaxWorkers = 3 };
        fixture.Method.Options = last;
        fixture.WaitForIdle(3);
    }

    [Theory]
    [InlineData(11)]
    public void Exceptions_AtRandomUnderLoad_FailTheirOperationsOnly(int seed)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        const int operations = 400;
        TestHold hold = new();
        hold.OnReached = (point, number) =>
        {
            if (point == HoldPoint.BeforeExecute && number % 10 == seed % 10)
                throw new InvalidOperationException("one in ten");
        };
        using WorkerFixture fixture = new(new WorkerOptions { MinWorkers = 2, MaxWorkers = 4 }, holdPoints: hold);
        RunSessions(fixture, seed, operations, failing: seed % 10);
        AssertEachOnce(fixture, Sessions * operations);
        Assert.Equal(Sessions * operations / 10, fixture.Statistics.Failed);
        fixture.Method.Options = new WorkerOptions { MinWorkers = 2, MaxWorkers = 2 };
        fixture.WaitForIdle(2);
        Assert.Equal(Sessions * operations, fixture.Target.Released);
    }

    private static void RunSessions(WorkerFixture fixture, int seed, int operations, int failing = -1)
    {
        Exception?[] failures = new Exception?[Sessions];
        Thread[] threads = new Thread[Sessions];
        for (int i = 0; i < Sessions; i++)
        {
            int index = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    RunSession(fixture, index, new Random(seed + index), operations, failing);
                }
                catch (Exception exception)
                {
                    failures[index] = exception;
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads)
            thread.Join();
        Assert.All(failures, Assert.Null);
    }

    private static void RunSession(WorkerFixture fixture, int index, Random random, int operations, int failing)
    {
        using IoSession session = fixture.Engine.OpenSession();
        IoReturn[] results = [.. Enumerable.Range(0, FramesEach).Select(_ => new IoReturn())];
        int[] blocks = new int[FramesEach];
        for (int number = 0; number < operations;)
        {
            int round = Math.Min(random.Next(1, FramesEach), operations - number);
            bool batch = random.Next(2) == 0;
            if (batch)
                session.EnterBatch();
            for (int i = 0; i < round; i++)
            {
                int frame = (index * FramesEach) + i;
                blocks[i] = random.Next(WorkerFixture.BlockCount);
                fixture.Frame(frame).Fill(0xEE);
                fixture.StartRead(session, blocks[i], frame, results[i], (index * operations) + number + i);
                if (random.Next(20) == 0)
                    session.WaitForAll();
            }

            if (batch)
                session.ExitBatch();
            session.WaitForAll();
            for (int i = 0; i < round; i++)
                CheckRead(fixture, (index * FramesEach) + i, blocks[i], results[i],
                    failing >= 0 && ((index * operations) + number + i) % 10 == failing);
            number += round;
        }
    }

    private static void CheckRead(WorkerFixture fixture, int frame, int block, IoReturn result, bool fails)
    {
        Assert.Equal(fails ? IoStatus.Error : IoStatus.Ok, result.Result.Status);
        if (!fails)
            Assert.True(MemoryMarshal.Cast<byte, int>(fixture.Frame(frame)).IndexOfAnyExcept(block) < 0);
    }

    private static void AssertEachOnce(WorkerFixture fixture, int count)
    {
        for (int number = 0; number < count; number++)
            Assert.True(fixture.Callback.Count(number) == 1, $"operation {number}: {fixture.Callback.Count(number)}");
    }
}
