using System.Diagnostics;
using System.Globalization;
using Forebay.Buffers;
using Forebay.Interop;
using Forebay.Primitives;
using Forebay.SharingHost;
using Forebay.Streams;

namespace Forebay.Tests.Processes;

/// <summary>
/// Members that end themselves at a named point, one after the other, and a survivor that goes on: reads while they
/// live, sees that they are taken over, finds nothing left of them and every page right, and does all they did.
/// </summary>
internal sealed partial class PointKills(IoMethod method, Random random, Action<string> say) : IDisposable
{
    private const int Pages = 120;
    private const int SegmentBlocks = 96;
    private const int PoolPages = 64;
    private const int KeptPages = 4; // which members keep locked
    private const int Operations = 20_000; // so many, and it has not come by the point

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private SharedScenario? _scenario;
    private VersionBook? _book;
    private ForebayInstance? _survivor;
    private bool _isHung;

    /// <summary>Members that died as they were to.</summary>
    public int Deaths { get; private set; }

    /// <summary>How often the instance has stopped.</summary>
    public int Stops { get; private set; }

    /// <summary>From each death until it was taken over, in milliseconds.</summary>
    public List<double> Takeovers { get; } = [];

    /// <summary>What went wrong, each time; then all is begun anew.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>As <see cref="Kill"/>; a failure is kept.</summary>
    public void TryKill(PointRow row) => Try(row.ToString(), () => Kill(row));

    private void Try(string what, Action kill)
    {
        try
        {
            kill();
        }
        catch (Exception failure) when (!_isHung)
        {
            Failures.Add($"{method}, {what}: {failure}");
            Clear();
        }
    }

    /// <summary>Kills one member, or, where one dies that takes over, two.</summary>
    public void Kill(PointRow row)
    {
        int passing = 1 + random.Next(row.Passings);
        string where = $"{method}, {row}, passing {passing}";
        say(where);
        if (row.First is not null)
            KillTaker(row, where);
        else if (row.Work == "create")
            KillCreator(row, where);
        else
            KillMember(row, passing, where);
    }

    public string Figures()
    {
        double[] sorted = [.. Takeovers.Order()];
        if (sorted.Length == 0)
            return $"{method}: nobody was taken over";
        return string.Create(CultureInfo.InvariantCulture, $"{method}: {Deaths} deaths, {Stops} stops, takeover median "
            + $"{sorted[sorted.Length / 2]:F1} ms, worst {sorted[^1]:F1} ms");
    }

    public void Dispose() => Clear();

    private void KillMember(PointRow row, int passing, string where)
    {
        if (_survivor is null)
        {
            Begin();
            _survivor = ForebayInstance.Open(_scenario!.DataDirectory, Options());
        }

        using HostProcess victim = Start(row.Work, row.Point, passing);
        if (row.Work != "attach")
            UntilReady(victim, where);
        bool isQuiet = row.MayStop; // a page that stays locked would be waited for
        Go(victim, row.Work);
        UntilDead(victim, where, isQuiet ? null : _survivor);
        UntilTakenOver(victim, where, isQuiet);
        Conclude(row, where);
    }

    /// <summary>The one who dies is alone; the next one finds what it has left.</summary>
    private void KillCreator(PointRow row, string where)
    {
        Clear();
        Begin();
        using HostProcess victim = Start("attach", row.Point, 1);
        UntilDead(victim, where, null);
        _survivor = ForebayInstance.Open(_scenario!.DataDirectory, Options());
        Assert.True(_survivor.IsCreator, $"{where}: somebody is there");
        Conclude(row, where);
        Clear();
    }

    /// <summary>One dies, another one while it takes over from it; a third comes and takes over from both.</summary>
    private void KillTaker(PointRow row, string where)
    {
        Clear();
        Begin();
        using HostProcess first = Start(row.FirstWork, row.First!.Value, 1);
        UntilReady(first, where);
        int segment = Hold(_scenario!); // or the third would find that nobody lives there
        try
        {
            using HostProcess second = Start(row.Work, row.Point, 1);
            UntilReady(second, where);
            Go(second, row.Work);
            Go(first, row.FirstWork);
            UntilDead(first, where, null);
            UntilDead(second, where, null);
            _survivor = ForebayInstance.Open(_scenario!.DataDirectory, Options());
            UntilTakenOver(first, where, isQuiet: false);
            UntilTakenOver(second, where, isQuiet: false);
        }
        finally
        {
            Assert.Equal(0, FileSystemCalls.Close(segment));
        }

        Conclude(row, where);
        Clear();
    }

    private void Begin()
    {
        _scenario = new SharedScenario(Pages, SegmentBlocks);
        VersionBook.Create(_scenario.DataDirectory, Pages);
        File.WriteAllBytes(Path.Combine(_scenario.DataDirectory, "base", "5", "16385"), []);
        _book = new VersionBook(_scenario.DataDirectory);
    }

    private HostProcess Start(string work, DeathPoint point, int passing) => new("Forebay.PointsHost",
    [
        .. HostProcess.Words(_scenario!, method, work, work == "leave" ? 200 : Operations,
            random.Next(1_000_000), 1, PoolPages),
        point.ToString(), passing.ToString(CultureInfo.InvariantCulture),
    ]);

    private static void UntilReady(HostProcess victim, string where)
    {
        string? line = victim.NextLineOrNull();
        if (line != "ready")
            Assert.Fail($"{where}: did not come in, says '{line}': {Last(victim)}");
    }

    private static string Last(HostProcess victim)
    {
        victim.Kill(); // it may be alive
        return victim.ReadErrors();
    }

    /// <summary>Lets it work, and waits until it keeps its pages.</summary>
    private static void Go(HostProcess victim, string work)
    {
        if (work == "attach")
            return;
        victim.Go();
        Assert.Equal("keeping", victim.NextLineOrNull());
    }

    /// <summary>Waits for its last word, and its end; the survivor reads and writes meanwhile.</summary>
    private void UntilDead(HostProcess victim, string where, ForebayInstance? survivor)
    {
        Task<string?> line = Task.Run(victim.NextLineOrNull);
        if (survivor is not null)
            Meanwhile(where, () => line.IsCompleted);
        Assert.True(line.Wait(s_patience), $"{where}: nothing heard");
        if (line.Result != "reached")
            Assert.Fail($"{where}: not reached, says '{line.Result}': {Last(victim)}");
        victim.UntilKilled();
        Deaths++;
    }

    private void UntilTakenOver(HostProcess victim, string where, bool isQuiet)
    {
        long since = Stopwatch.GetTimestamp();
        bool IsOver() => PointChecks.IsTakenOver(_survivor!, victim.Id) || IsStopped()
            || Stopwatch.GetElapsedTime(since) > s_patience;
        if (isQuiet)
            SpinWait.SpinUntil(IsOver);
        else
            Meanwhile(where, IsOver);
        Takeovers.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        Assert.True(Stopwatch.GetElapsedTime(since) < s_patience, $"{where}: not taken over");
    }

    /// <summary>Works, on a thread that is left behind if it does not come back.</summary>
    private void Meanwhile(string where, Func<bool> isOver)
    {
        int seed = random.Next();
        RunGuarded(where, () =>
        {
            Random blocks = new(seed);
            using ForebaySession session = _survivor!.OpenSession();
            for (int done = 1; !isOver(); done++)
            {
                SharedScenario.Read(session, (uint)blocks.Next(Pages), _book!);
                if (done % 16 == 0)
                    SharedScenario.Change(session, (uint)blocks.Next(KeptPages, Pages), _book!);
                if (done % 64 == 0)
                    Scan(session);
                if (done % 256 == 0)
                    session.Flush(SharedScenario.Fork(_survivor!));
            }
        });
    }

    // Several pages at once, so that workers of others come to something, too.
    private void Scan(ForebaySession session)
    {
        using ReadStream stream = session.OpenReadStream(SharedScenario.Fork(_survivor!), BlockRange.All);
        while (stream.TryNext(out PinnedPage page))
        {
            using (page)
            using (page.Lock(ContentLockMode.Shared))
                Assert.Equal(_book![page.Block], SharedScenario.Expect(page.Span, page.Block));
        }
    }

    private void RunGuarded(string where, Action work)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                work();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        { IsBackground = true };
        thread.Start();
        _isHung = !thread.Join(2 * s_patience);
        Assert.False(_isHung, $"{where}: the survivor hangs");
        if (failure is not null)
            Assert.Fail($"{where}: {failure}");
    }

    private void Conclude(PointRow row, string where)
    {
        if (IsStopped())
        {
            Assert.True(row.MayStop, $"{where}: {StopReason()}");
            Stops++;
            Clear();
            return;
        }

        PointChecks.NothingIsLeft(_survivor!, where);
        RunGuarded(where, () => PointChecks.AllWorks(_survivor!, _book!, Pages));
        PointChecks.NothingIsLeft(_survivor!, where + ", after work");
    }

    private bool IsStopped() => StopReason() is not null;

    private string? StopReason() => _survivor!.StopReason;

    private static int Hold(SharedScenario scenario)
    {
        int segment = FileSystemCalls.Open(scenario.Folder.Segment(SharedScenario.Name), FileOpenFlags.Write);
        Assert.True(segment >= 0);
        Assert.Equal(0, FileLock.TryEnterShared(segment));
        return segment;
    }

    private void Clear()
    {
        if (!_isHung)
            _survivor?.Dispose();
        _survivor = null;
        _book?.Dispose();
        _book = null;
        _scenario?.Dispose();
        _scenario = null;
    }

    private ForebayOptions Options() => new()
    {
        Sharing = _scenario!.Folder.Named(SharedScenario.Name),
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
