using System.Collections.Concurrent;
using Forebay.Buffers;
using Forebay.Primitives;
using Forebay.SharingHost;
using Forebay.Storage;
using Forebay.Streams;
using Forebay.Telemetry;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>Members that stand still at a named point, and an instance of this process beside them.</summary>
internal sealed class StoppedScenario : IDisposable
{
    public const int Pages = 120;
    public const uint One = 5; // which a member reads that reads one

    private const int PoolPages = 64;
    private const int SegmentBlocks = 96;
    private const int KeptPages = 4; // which members keep locked

    private readonly IoMethod _method;
    private readonly SharedScenario _scenario = new(Pages, SegmentBlocks);
    private readonly ConcurrentQueue<Notice> _notices = [];
    private readonly List<HostProcess> _members = [];
    private readonly Lazy<ForebayInstance> _instance;

    public StoppedScenario(IoMethod method)
    {
        Assert.SkipUnless(MethodAvailability.Probe().Single(found => found.Method == method).IsAvailable,
            $"{method} is refused here");
        _method = method;
        _instance = new Lazy<ForebayInstance>(Open);
        VersionBook.Create(_scenario.DataDirectory, Pages);
        foreach (string name in (string[])["16385", "16387"])
            File.WriteAllBytes(Path.Combine(_scenario.DataDirectory, "base", "5", name), []);
        Book = new VersionBook(_scenario.DataDirectory);
    }

    public VersionBook Book { get; }

    /// <summary>This process's; opened when it is first asked for.</summary>
    public ForebayInstance Instance => _instance.Value;

    public RelationFork Fork => SharedScenario.Fork(Instance);

    /// <summary>The one that a member adds a page to.</summary>
    public RelationFork Grown => Instance.Relation(new RelationLocator(1663, 5, 16_385)).Main;

    /// <summary>Another one.</summary>
    public RelationFork Other => Instance.Relation(new RelationLocator(1663, 5, 16_387)).Main;

    /// <summary>One more member in this process.</summary>
    public ForebayInstance Open() => ForebayInstance.Open(_scenario.DataDirectory, new ForebayOptions
    {
        Sharing = _scenario.Folder.Named(SharedScenario.Name),
        BufferPoolBytes = PoolPages * 8192L,
        IoMethod = _method,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        IoMinWorkers = 1,
        IoMaxWorkers = 4,
        IoUringRings = 2,
        SegmentBlocks = SegmentBlocks,
        StuckIoThreshold = TimeSpan.FromMilliseconds(300),
        OnNotice = _notices.Enqueue,
    });

    /// <summary>A member that is attached and waits for the word to begin.</summary>
    /// <param name="work">What it does.</param>
    /// <param name="point">Where it meets its fate.</param>
    /// <param name="fate">Kill, Stop or Hold.</param>
    public HostProcess Start(string work, DeathPoint point, string fate)
    {
        HostProcess member = new("Forebay.PointsHost",
        [
            .. HostProcess.Words(_scenario, _method, work, 20_000, Stress.Seed, 1, PoolPages),
            point.ToString(), "1", fate,
        ]);
        _members.Add(member);
        member.UntilReady();
        return member;
    }

    /// <summary>It begins, and stands still where it was told to.</summary>
    public static void Go(HostProcess member, string fate)
    {
        member.Go();
        member.UntilSaid("keeping");
        UntilReached(member, fate);
    }

    public static void UntilReached(HostProcess member, string fate)
    {
        member.UntilSaid("reached");
        if (fate == "Stop")
            member.UntilStopped();
    }

    public void UntilNoticed(string kind, params string[] parts) => Background.Until(
        () => _notices.Any(notice => notice.Kind == kind
            && parts.All(part => notice.Message.Contains(part, StringComparison.Ordinal))),
        $"a notice '{kind}' with {string.Join(", ", parts)}");

    /// <summary>Reads pages twice, more than there are frames, and changes them; writes, syncs and adds.</summary>
    public void WorkOn(Func<uint, bool> isMeant)
    {
        using ForebaySession session = Instance.OpenSession();
        for (uint block = 0; block < Pages; block++)
        {
            if (!isMeant(block))
                continue;
            SharedScenario.Read(session, block, Book);
            if (block >= KeptPages)
                SharedScenario.Change(session, block, Book);
        }

        for (uint block = 0; block < Pages; block++)
        {
            if (isMeant(block))
                SharedScenario.Read(session, block, Book);
        }

        session.Flush(Fork);
        session.Sync(Fork);
        Add(session, Other);
        session.Flush(Other);
    }

    public uint ReadOne() => Read(One);

    public uint Read(uint block)
    {
        using ForebaySession session = Instance.OpenSession();
        return SharedScenario.Read(session, block);
    }

    public static void Add(ForebaySession session, RelationFork fork)
    {
        using PinnedPage page = session.Extend(fork, out LockedPage locked);
        using (locked)
            SharedScenario.Stamp(locked.Contents, page.Block, 1);
    }

    /// <summary>All others are gone; nothing of them is left, and all works.</summary>
    public void AssertAllIsRight()
    {
        Background.Until(() => _members.All(member => PointChecks.IsTakenOver(Instance, member.Id)),
            "the others are gone, and taken over");
        PointChecks.NothingIsLeft(Instance, "at the end");
        PointChecks.AllWorks(Instance, Book, Pages);
        PointChecks.NothingIsLeft(Instance, "after work");
    }

    public void Dispose()
    {
        _members.ForEach(static member => member.Dispose()); // first: who waits for them goes on
        if (_instance.IsValueCreated)
            _instance.Value.Dispose();
        Book.Dispose();
        _scenario.Dispose();
    }
}
