using System.Diagnostics;
using Forebay.Buffers;
using Forebay.Processes;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>
/// A member is killed at a moment of chance while it reads, in a pool that is smaller than the relation. Those who live
/// go on, read right pages, and find every pin of the dead one gone.
/// </summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class DeathTests(ITestOutputHelper output)
{
    private const int Pages = 200;

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public void Kill_MemberThatReads_TheOthersGoOnAndNothingIsLost(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using SharedScenario scenario = new(Pages, segmentBlocks: 96);
        using ForebayInstance survivor = ForebayInstance.Open(scenario.DataDirectory, Options(scenario, method));
        using ForebaySession session = survivor.OpenSession();
        for (int round = 1; round <= 2 * Stress.Factor; round++)
        {
            using HostProcess victim = new(scenario, method, "scan", int.MaxValue, round);
            victim.UntilReady();
            victim.Go();
            for (int left = random.Next(50, 2000); left > 0; left--)
                Assert.Equal(1u, SharedScenario.Read(session, (uint)random.Next(Pages)));
            long killed = Stopwatch.GetTimestamp();
            victim.Kill();

            uint block = 0;
            while (survivor.Deaths!.Takeovers < round)
                Assert.Equal(1u, SharedScenario.Read(session, block++ % Pages)); // nobody waits for the takeover
            output.WriteLine($"taken over {Stopwatch.GetElapsedTime(killed).TotalMilliseconds:F1} ms after the kill, "
                + $"in {survivor.Deaths.LastTookMs:F1} ms, of which {survivor.Deaths.LastRingsMs:F1} ms for rings");
            AssertOnlyOwnPins(survivor, method);
            Assert.Equal(1, survivor.AttachedProcesses);
            Assert.Equal(survivor.PoolPages / 2, survivor.Shares.PerSession);
        }

        for (uint block = 0; block < Pages; block++)
            Assert.Equal(1u, SharedScenario.Read(session, block));
    }

    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public void Kill_OneThatMayJustTakeOver_TheNextOneFinishesIt(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        using SharedScenario scenario = new(Pages, segmentBlocks: 96);
        using ForebayInstance survivor = ForebayInstance.Open(scenario.DataDirectory, Options(scenario, method));
        using ForebaySession session = survivor.OpenSession();
        for (int round = 1; round <= 2 * Stress.Factor; round++)
        {
            using HostProcess first = new(scenario, method, "scan", int.MaxValue, round);
            using HostProcess second = new(scenario, method, "scan", int.MaxValue, round + 1);
            first.UntilReady();
            second.UntilReady();
            first.Go();
            second.Go();
            for (int left = random.Next(50, 500); left > 0; left--)
                Assert.Equal(1u, SharedScenario.Read(session, (uint)random.Next(Pages)));
            first.Kill();
            for (int left = random.Next(200); left > 0; left--)
                Assert.Equal(1u, SharedScenario.Read(session, (uint)random.Next(Pages)));
            second.Kill();

            uint block = 0;
            while (!AreOthersFree(survivor))
                Assert.Equal(1u, SharedScenario.Read(session, block++ % Pages));
            AssertOnlyOwnPins(survivor, method);
            Assert.Equal(1, survivor.AttachedProcesses);
            Assert.Equal(survivor.PoolPages / 2, survivor.Shares.PerSession);
        }

        output.WriteLine($"{survivor.Deaths!.Takeovers} of {4 * Stress.Factor} taken over by this one");
    }

    // Its number is the same, and so is the time at which it was started; its memory, and all that it had, is gone.
    [Theory]
    [InlineData(IoMethod.Sync)]
    [InlineData(IoMethod.Worker)]
    [InlineData(IoMethod.IoUring)]
    public void Execute_AnotherProgramInAMembersPlace_IsItsDeath(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        using SharedScenario scenario = new(Pages, segmentBlocks: 96);
        using ForebayInstance survivor = ForebayInstance.Open(scenario.DataDirectory, Options(scenario, method));
        using HostProcess victim = new(scenario, method, "hold-clean", operations: 1, seed: 1);
        victim.UntilReady();
        Assert.Equal(2, survivor.AttachedProcesses);
        victim.Go();
        Background.Until(() => survivor.Deaths!.Takeovers == 1, "the takeover");
        Assert.False(victim.HasExited);
        AssertOnlyOwnPins(survivor, method);
        using ForebaySession session = survivor.OpenSession();
        Assert.Equal(1u, SharedScenario.Read(session, 3));
    }

    private static bool AreOthersFree(ForebayInstance instance)
    {
        for (int slot = 0; slot < instance.Engine.Processes.Count; slot++)
        {
            if (slot != instance.Engine.ProcessSlot && instance.Engine.Processes[slot].Word.State != ProcessState.Free)
                return false;
        }

        return true;
    }

    private static void AssertOnlyOwnPins(ForebayInstance instance, IoMethod method)
    {
        for (int frame = 0; frame < instance.PoolPages; frame++)
        {
            BufferWord word = instance.Pool.Descriptor(frame).Word;
            Assert.True(word is { Pins: 0, InProgress: 0 }, $"{method}: frame {frame} has {word.Pins} pins");
            Assert.True(instance.Pool.Descriptor(frame).Content.IsFree);
        }
    }

    private static ForebayOptions Options(SharedScenario scenario, IoMethod method) => new()
    {
        Sharing = scenario.Folder.Named(SharedScenario.Name),
        BufferPoolBytes = 64 * 8192L,
        IoMethod = method,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        IoMinWorkers = 1,
        IoMaxWorkers = 4,
        SegmentBlocks = 96,
    };
}
