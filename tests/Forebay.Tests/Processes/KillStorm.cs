using System.Diagnostics;
using System.Globalization;
using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Processes;
using Forebay.SharingHost;
using Forebay.Storage;

namespace Forebay.Tests.Processes;

/// <summary>
/// Members at work, of which one after the other is killed at a moment of chance and replaced. The members themselves
/// look at each page that they lock; this watches that each death is taken over, that nobody else ends, and that at the
/// end nothing is left of the dead and every page is what the <see cref="VersionBook"/> says, in the pool and in the
/// file. Where a page cannot be proven whole the instance stops, by design: then all is begun anew.
/// </summary>
internal sealed class KillStorm(IoMethod method, string[] works, Random random, int sessions = 2) : IDisposable
{
    private const int Pages = 200;
    private const int SegmentBlocks = 96;
    private const int PoolPages = 96;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly RelationLocator s_grown = new(1663, 5, 16_385);

    private readonly List<HostProcess> _members = [];
    private SharedScenario _scenario = null!;
    private ForebayInstance _watcher = null!;
    private readonly List<double> _afterDeath = []; // from when the process was gone, which takes it some time itself
    private int _started;

    /// <summary>Members killed.</summary>
    public int Kills { get; private set; }

    /// <summary>How often the instance has stopped.</summary>
    public int Stops { get; private set; }

    /// <summary>From each kill until the slot of the dead was free, in milliseconds.</summary>
    public List<double> Takeovers { get; } = [];

    /// <summary>Why it has stopped, each time.</summary>
    public List<string> Reasons { get; } = [];

    /// <summary>Kills, and replaces, that often.</summary>
    public void Run(int kills)
    {
        Begin();
        while (Kills < kills)
        {
            Pause();
            if (!TryKillOne())
            {
                CheckStop();
                Clear();
                Begin();
            }
        }

        Finish();
    }

    public string Figures()
    {
        double[] sorted = [.. Takeovers.Order()];
        double[] afterDeath = [.. _afterDeath.Order()];
        string times = sorted.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
            $", taken over {sorted[sorted.Length / 2]:F1} ms after the kill in the median, {sorted[^1]:F1} ms at "
            + $"worst; after the death {afterDeath[afterDeath.Length / 2]:F1} ms and {afterDeath[^1]:F1} ms, more than "
            + $"100 ms: {afterDeath.Count(static time => time > 100)}");
        return $"{method} {string.Join('+', works)}: {Kills} kills{times}, {Stops} stops";
    }

    public void Dispose() => Clear();

    private void Begin()
    {
        _scenario = new SharedScenario(Pages, SegmentBlocks);
        VersionBook.Create(_scenario.DataDirectory, Pages);
        File.WriteAllBytes(Path.Combine(_scenario.DataDirectory, "base", "5", "16385"), []);
        _watcher = ForebayInstance.Open(_scenario.DataDirectory, Options());
        foreach (string work in works)
            _members.Add(Start(work));
        foreach (HostProcess member in _members)
        {
            member.UntilReady();
            member.Go();
        }
    }

    private HostProcess Start(string work) => new(
        _scenario, method, work, 0, _started++ + random.Next(1_000_000), sessions, PoolPages);

    // What the members do in that time is the chance in it.
    private void Pause()
    {
        using ManualResetEventSlim never = new();
        never.Wait(random.Next(60));
    }

    /// <returns>False: the instance has stopped.</returns>
    private bool TryKillOne()
    {
        int index = random.Next(_members.Count);
        HostProcess victim = _members[index];
        HostProcess next = Start(works[index]);
        string? ready = next.NextLineOrNull();
        if (ready is null && IsStopped())
        {
            next.Dispose();
            return false;
        }

        if (ready != "ready")
            Assert.Fail($"a new member did not come in: {next.ReadErrors()}");
        _members[index] = next;
        next.Go();
        AssertAllAlive();
        int dead = victim.Id;
        int slot = SlotOf(dead);
        ProcessWord word = _watcher.Engine.Processes[slot].Word;
        long killed = Stopwatch.GetTimestamp();
        victim.Strike();
        Kills++;
        long died = 0;
        bool isOver = SpinWait.SpinUntil(() =>
        {
            if (died == 0 && victim.HasExited)
                died = Stopwatch.GetTimestamp();
            return _watcher.Engine.Processes[slot].Word.Generation != word.Generation || IsStopped();
        }, s_patience);
        double took = Stopwatch.GetElapsedTime(killed).TotalMilliseconds;
        double tookDead = died == 0 ? 0 : Stopwatch.GetElapsedTime(died).TotalMilliseconds;
        victim.Dispose();
        Assert.True(isOver, $"the death of process {dead} in slot {slot} was not taken over: "
            + $"{_watcher.Engine.Processes[slot].Word}");
        if (IsStopped())
            return false;
        Takeovers.Add(took);
        _afterDeath.Add(tookDead);
        return true;
    }

    private int SlotOf(int process)
    {
        ProcessTable processes = _watcher.Engine.Processes;
        for (int slot = 0; slot < processes.Count; slot++)
        {
            if (processes[slot].Process == process && processes[slot].Word.State == ProcessState.Live)
                return slot;
        }

        throw new InvalidOperationException($"Process {process} has no slot.");
    }

    private void AssertAllAlive()
    {
        if (_members.Find(static member => member.HasExited) is { } failed && !IsStopped())
            Assert.Fail($"a member failed: {failed.ReadErrors()}");
    }

    private bool IsStopped()
    {
        try
        {
            _watcher.OpenSession().Dispose();
            return false;
        }
        catch (InstanceStoppedException)
        {
            return true;
        }
    }

    private void CheckStop()
    {
        Stops++;
        string reason = Assert.Throws<InstanceStoppedException>(_watcher.OpenSession).Message;
        Assert.Contains("block ", reason, StringComparison.Ordinal);
        Assert.Contains(works, static work => work != "storm-read"); // who only reads never causes one
        Reasons.Add(reason);
    }

    private void Finish()
    {
        AssertAllAlive();
        _members.ForEach(static member => member.End());
        foreach (HostProcess member in _members)
            member.UntilDone();
        _members.ForEach(static member => member.Go());
        _members.ForEach(static member => member.UntilGone());
        _members.Clear();
        AssertNothingIsLeft();
        AssertContents();
        _watcher.Dispose();
        Assert.Empty(_scenario.Folder.Files);
        AssertFile();
    }

    private void AssertNothingIsLeft()
    {
        Assert.Equal(1, _watcher.AttachedProcesses);
        for (int frame = 0; frame < _watcher.PoolPages; frame++)
        {
            BufferWord word = _watcher.Pool.Descriptor(frame).Word;
            Assert.True(word is { Pins: 0, InProgress: 0 } && !word.Has(BufferWord.Frozen),
                $"frame {frame}: {word.Pins} pins, in progress by {word.InProgress}");
            Assert.True(_watcher.Pool.Descriptor(frame).Content.IsFree, $"frame {frame} is locked");
        }

        for (int partition = 0; partition < BufferMapping.Partitions; partition++)
            Assert.False(_watcher.Pool.Mapping.PartitionLock(partition).IsHeld);
        for (int handle = 0; handle < _watcher.Engine.Handles.Count; handle++)
            Assert.Equal(IoHandleState.Idle, _watcher.Engine.Handles[handle].State);
        for (int slot = 0; slot < _watcher.Engine.SessionSlots.Length; slot++)
            Assert.Equal(0, _watcher.Engine.SessionSlots[slot]);
    }

    private void AssertContents()
    {
        using VersionBook book = new(_scenario.DataDirectory);
        using ForebaySession session = _watcher.OpenSession();
        for (uint block = 0; block < Pages; block++)
            Assert.Equal(book[block], SharedScenario.Read(session, block));
        RelationFork grown = _watcher.Relation(s_grown).Main;
        for (uint block = 0; block < session.GetBlockCount(grown); block++)
            session.Read(grown, block).Dispose();
        session.Flush(SharedScenario.Fork(_watcher));
        session.Flush(grown);
    }

    private void AssertFile()
    {
        using VersionBook book = new(_scenario.DataDirectory);
        byte[] page = new byte[8192];
        for (int block = 0; block < Pages; block++)
        {
            int segment = block / SegmentBlocks;
            using FileStream file = File.OpenRead(
                segment == 0 ? _scenario.FilePath : $"{_scenario.FilePath}.{segment}");
            file.Seek(block % SegmentBlocks * 8192L, SeekOrigin.Begin);
            file.ReadExactly(page);
            Assert.Equal(book[(uint)block], SharedScenario.Expect(page, (uint)block));
        }
    }

    private void Clear()
    {
        foreach (HostProcess member in _members)
            member.Dispose();
        _members.Clear();
        _watcher?.Dispose();
        _scenario?.Dispose();
    }

    private ForebayOptions Options() => new()
    {
        Sharing = _scenario.Folder.Named(SharedScenario.Name),
        BufferPoolBytes = PoolPages * 8192L,
        IoMethod = method,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        IoMinWorkers = 1,
        IoMaxWorkers = 4,
        IoUringRings = 2,
        SegmentBlocks = SegmentBlocks,
    };
}
