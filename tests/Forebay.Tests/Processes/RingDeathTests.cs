using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Processes;
using Forebay.Telemetry;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>
/// A member is killed while the kernel carries out what is in its rings, and holds it back. The others take over all
/// but that at once; and what is in the rings only when it is surely over.
/// </summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class RingDeathTests : IDisposable
{
    private const int Pages = 200;
    private const int Looks = 200;

    private readonly SharedScenario _scenario = new(Pages, segmentBlocks: 96);
    private readonly List<Notice> _notices = [];
    private readonly ITestOutputHelper _output;

    // Nothing of them is left to be written when a transfer passes the page cache by.
    public RingDeathTests(ITestOutputHelper output)
    {
        _output = output;
        foreach (string path in Directory.EnumerateFiles(Path.GetDirectoryName(_scenario.FilePath)!))
        {
            using FileStream file = File.Open(path, FileMode.Open);
            file.Flush(flushToDisk: true);
        }
    }

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void Kill_ReadsInTheKernel_FramesAreOutOfReachUntilTheReadsAreOver()
    {
        using ForebayInstance survivor = Open();
        using HostProcess victim = new(_scenario, IoMethod.IoUring, "direct-scan", int.MaxValue, seed: 1);
        using ThrottledGroup group = new(_scenario.DataDirectory);
        Join(group, victim);
        victim.Go();
        Eventually.Holds(() => HeldNow(survivor).Count() >= 8, "it looks well ahead");
        group.HoldReads();
        Held[] held = UntilHeld(survivor, 2);
        for (int i = 0; i < held.Length; i++)
            survivor.Pool.Page(held[i].Frame).Clear(); // nobody has a reason to look, and what comes is seen to come
        victim.Kill();

        Eventually.Holds(() => SessionsOf(survivor, held) && survivor.Deaths!.AwaitsRings, "all else is taken over");
        AssertInDoubt(survivor, held);
        foreach (Held one in held)
            Assert.False(IsStamped(survivor, one), "a read was over before it was let go on");
        using ForebaySession session = survivor.OpenSession();
        for (uint block = 0; block < Pages; block++)
        {
            if (!held.Any(one => one.Block == block))
                Assert.Equal(1u, SharedScenario.Read(session, block));
        }

        Task waiter = Background.Run(() => ReadByAnother(survivor, held[0].Block));
        AssertInDoubt(survivor, held);
        Eventually.Holds(() => HasNoticed("process-died-io"), "the notice that rings are late");

        // Only the watch looks at the frames until it has taken over: what they hold then the reads have brought.
        group.Release();
        Eventually.Equal(1, () => survivor.Deaths!.Takeovers);
        _output.WriteLine($"{held.Length} pages, {survivor.Deaths!.LastTookMs:F1} ms, "
            + $"{survivor.Deaths.LastRingsMs:F1} ms of it for rings");
        foreach (Held one in held[1..])
            Assert.True(IsStamped(survivor, one), $"block {one.Block} came after its ring was said to be gone");
        Background.Join(waiter);
        AssertAllRight(survivor, session);
    }

    [Fact]
    public void Kill_WritesInTheKernel_PagesAreReadButNotChangedAndAreWrittenAgain()
    {
        using ForebayInstance survivor = Open();
        using HostProcess victim = new(_scenario, IoMethod.IoUring, "direct-mixed", int.MaxValue, seed: 1);
        using ThrottledGroup group = new(_scenario.DataDirectory);
        Join(group, victim);
        group.HoldWrites();
        victim.Go();
        Eventually.Holds(() => survivor.GetWaits().Count == 2, "both of its sessions wait for a frame to be written");
        Held[] held = UntilHeld(survivor, 1);
        victim.Kill();

        Eventually.Holds(() => SessionsOf(survivor, held) && survivor.Deaths!.AwaitsRings, "all else is taken over");
        AssertInDoubt(survivor, held);
        uint[] versions = new uint[Pages];
        using ForebaySession session = survivor.OpenSession();
        foreach (Held one in held)
        {
            Assert.True(survivor.Pool.Descriptor(one.Frame).Word.Has(BufferWord.Dirty));
            versions[one.Block] = SharedScenario.Read(session, one.Block);
            Assert.Equal(1u, OnDisk(one.Block)); // not there yet
        }

        Task writer = Background.Run(() => ChangeByAnother(survivor, held[0].Block, versions[held[0].Block] + 1));
        AssertInDoubt(survivor, held);
        Eventually.Holds(() => survivor.GetWaits().Count > 0, "who wants to change it waits");

        group.Release();
        Eventually.Equal(1, () => survivor.Deaths!.Takeovers);
        _output.WriteLine($"{held.Length} pages, {survivor.Deaths!.LastTookMs:F1} ms, "
            + $"{survivor.Deaths.LastRingsMs:F1} ms of it for rings");
        foreach (Held one in held)
            Assert.Equal(versions[one.Block], OnDisk(one.Block)); // whatever the dead one wrote is written by now
        Background.Join(writer);
        versions[held[0].Block]++;
        session.Flush(SharedScenario.Fork(survivor));
        foreach (Held one in held)
        {
            Assert.False(survivor.Pool.Descriptor(one.Frame).Word.Has(BufferWord.Dirty));
            Assert.Equal(versions[one.Block], OnDisk(one.Block));
        }

        AssertAllRight(survivor, session);
    }

    private ForebayInstance Open() => ForebayInstance.Open(_scenario.DataDirectory, new ForebayOptions
    {
        Sharing = _scenario.Folder.Named(SharedScenario.Name),
        BufferPoolBytes = 64 * 8192L,
        IoMethod = Available(IoMethod.IoUring),
        IoMode = IoMode.Direct,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        SegmentBlocks = 96,
        OnNotice = notice =>
        {
            lock (_notices)
                _notices.Add(notice);
        },
    });

    private static IoMethod Available(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        return method;
    }

    private static void Join(ThrottledGroup group, HostProcess victim)
    {
        victim.UntilReady();
        group.Add(victim);
    }

    // Operations that the kernel has, once there is nothing on its way to it any more.
    private static Held[] UntilHeld(ForebayInstance instance, int atLeast)
    {
        Held[] held = [];
        int same = 0;
        Eventually.Holds(() =>
        {
            Held[] now = [.. HeldNow(instance)];
            same = now.Length >= atLeast && now.SequenceEqual(held) ? same + 1 : 0;
            held = now;
            return same > Looks;
        }, "operations stay in the kernel");
        return held;
    }

    private bool HasNoticed(string kind)
    {
        lock (_notices)
            return _notices.Any(notice => notice.Kind == kind);
    }

    private static IEnumerable<Held> HeldNow(ForebayInstance instance)
    {
        for (int handle = 0; handle < instance.Engine.Handles.Count; handle++)
        {
            if (instance.Engine.Handles[handle].State != IoHandleState.Submitted)
                continue;
            foreach (int frame in instance.Engine.Handles.Frames(handle).ToArray())
                yield return new Held(handle, frame, instance.Pool.Descriptor(frame).Tag.Block);
        }
    }

    private static bool SessionsOf(ForebayInstance instance, Held[] held)
    {
        for (int session = 0; session < instance.Engine.SessionSlots.Length; session++)
        {
            bool isDead = instance.Engine.SessionSlots[session] is not 0 and var holder
                && holder != instance.Engine.ProcessSlot + 1;
            if (isDead && !held.Any(one => one.Handle / instance.Engine.Handles.PerSession == session))
                return false;
        }

        return true;
    }

    private void AssertInDoubt(ForebayInstance instance, Held[] held)
    {
        for (int look = 0; look < Looks; look++)
        {
            int slot = Enumerable.Range(0, ProcessTable.ProcessesMax)
                .Single(slot => instance.Engine.Processes[slot].Word.State == ProcessState.Recovering);
            Assert.False(RingLock.IsOver(
                _scenario.Folder.Named(SharedScenario.Name).Place, ref instance.Engine.Processes[slot], slot));
            Assert.Equal(0, instance.Deaths!.Takeovers);
            foreach (Held one in held)
            {
                BufferWord word = instance.Pool.Descriptor(one.Frame).Word;
                Assert.Equal(IoHandleState.Submitted, instance.Engine.Handles[one.Handle].State);
                Assert.Equal(one.Handle + 1, word.InProgress);
                Assert.True(word.Pins > 0);
            }
        }
    }

    private static bool IsStamped(ForebayInstance instance, Held one)
    {
        byte[] expected = new byte[8192];
        SharedScenario.Stamp(expected, one.Block, 1);
        return instance.Pool.Page(one.Frame).SequenceEqual(expected);
    }

    private uint OnDisk(uint block)
    {
        byte[] page = new byte[8192];
        string path = block < 96 ? _scenario.FilePath : $"{_scenario.FilePath}.{block / 96}";
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = block % 96 * 8192L;
        file.ReadExactly(page);
        return SharedScenario.Expect(page, block);
    }

    private static void ReadByAnother(ForebayInstance instance, uint block)
    {
        using ForebaySession session = instance.OpenSession();
        Assert.Equal(1u, SharedScenario.Read(session, block));
    }

    private static void ChangeByAnother(ForebayInstance instance, uint block, uint version)
    {
        using ForebaySession session = instance.OpenSession();
        SharedScenario.Change(session, block, version);
    }

    private static void AssertAllRight(ForebayInstance instance, ForebaySession session)
    {
        for (uint block = 0; block < Pages; block++)
            SharedScenario.Read(session, block);
        for (int frame = 0; frame < instance.PoolPages; frame++)
        {
            Assert.True(instance.Pool.Descriptor(frame).Word is { Pins: 0, InProgress: 0 });
            Assert.True(instance.Pool.Descriptor(frame).Content.IsFree);
        }

        Assert.Equal(1, instance.AttachedProcesses);
    }

    private sealed record Held(int Handle, int Frame, uint Block);
}
