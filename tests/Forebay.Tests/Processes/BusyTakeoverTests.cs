using System.Diagnostics;
using System.Globalization;
using Forebay.Buffers;
using Forebay.SharingHost;
using Forebay.Storage;
using Forebay.Streams;
using Shared;

namespace Forebay.Tests.Processes;

/// <summary>
/// A member dies with pins and shared locks on pages that the threads of a living one pin, lock and change without
/// pause: what is counted moves all the time, and is counted to an end all the same.
/// </summary>
[Collection(nameof(ManyProcessesTests))]
public sealed class BusyTakeoverTests(ITestOutputHelper output)
{
    private const int Pages = 64;
    private const int SegmentBlocks = 96;
    private const int HotPages = 4; // those that the member keeps, every other one locked shared

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Kill_WhileItsPagesAreHot_IsTakenOver(int threads)
    {
        using SharedScenario scenario = new(Pages, SegmentBlocks);
        VersionBook.Create(scenario.DataDirectory, Pages);
        using VersionBook book = new(scenario.DataDirectory);
        File.WriteAllBytes(Path.Combine(scenario.DataDirectory, "base", "5", "16385"), []);
        using ForebayInstance survivor = ForebayInstance.Open(scenario.DataDirectory, Options(scenario));
        List<double> took = [];
        List<int> tries = [];
        for (int round = 0; round < 10 * Stress.Factor; round++)
        {
            using HostProcess victim = new("Forebay.PointsHost",
            [
                .. HostProcess.Words(scenario, IoMethod.Sync, "serve", 0, round, 0, Pages), "HandedOut", "1",
            ]);
            victim.UntilReady();
            victim.Go();
            Assert.Equal("keeping", victim.NextLineOrNull());
            using Busy busy = new(survivor, book, threads);
            busy.UntilUnderWay();
            long since = Stopwatch.GetTimestamp();
            victim.Kill();
            SpinWait.SpinUntil(() => survivor.Deaths!.Takeovers > round, TimeSpan.FromSeconds(20));
            took.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            tries.Add(survivor.Deaths!.LastTries);
            busy.End();
            Assert.True(PointChecks.IsTakenOver(survivor, victim.Id), "not taken over");
            PointChecks.NothingIsLeft(survivor, "after the takeover");
        }

        took.Sort();
        tries.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{threads} busy threads: taken over "
            + $"{took[took.Count / 2]:F1} ms after the kill in the median, {took[^1]:F1} ms at worst of {took.Count}; "
            + $"tried {tries[took.Count / 2]} times in the median, {tries[^1]} at worst"));
    }

    private static ForebayOptions Options(SharedScenario scenario) => new()
    {
        Sharing = scenario.Folder.Named(SharedScenario.Name),
        BufferPoolBytes = Pages * 8192L,
        IoMethod = IoMethod.Sync,
        MaxSessions = 32,
        IoMaxConcurrency = 16,
        IoMinWorkers = 1,
        IoMaxWorkers = 4,
        SegmentBlocks = SegmentBlocks,
    };

    /// <summary>Threads, each with a session, that pin the hot pages over and over; one of them changes some.</summary>
    private sealed class Busy : IDisposable
    {
        private readonly List<Thread> _threads = [];
        private readonly ForebayInstance _instance;
        private readonly VersionBook _book;
        private int _underWay;
        private bool _isOver;
        private Exception? _failure;

        public Busy(ForebayInstance instance, VersionBook book, int threads)
        {
            (_instance, _book) = (instance, book);
            for (int i = 0; i < threads; i++)
            {
                bool changes = i == 1;
                Thread thread = new(() => Run(changes)) { IsBackground = true };
                thread.Start();
                _threads.Add(thread);
            }
        }

        public void UntilUnderWay() => SpinWait.SpinUntil(() => Volatile.Read(ref _underWay) == _threads.Count);

        public void End()
        {
            Dispose();
            Assert.True(_failure is null, _failure?.ToString());
        }

        public void Dispose()
        {
            Volatile.Write(ref _isOver, true);
            _threads.ForEach(static thread => thread.Join());
            _threads.Clear();
        }

        private void Run(bool changes)
        {
            try
            {
                using ForebaySession session = _instance.OpenSession();
                RelationFork fork = SharedScenario.Fork(_instance);
                using PinnedPage kept = session.Read(fork, 0);
                for (uint visit = 0; !Volatile.Read(ref _isOver); visit++)
                {
                    using PinnedPage page = session.Read(fork, visit % HotPages);
                    if (changes && page.Block % 2 != 0)
                        Change(page);
                    if (visit == 100)
                        Interlocked.Increment(ref _underWay);
                }
            }
            catch (Exception exception)
            {
                _failure = exception;
            }
        }

        private void Change(PinnedPage page)
        {
            using LockedPage locked = page.Lock(ContentLockMode.Exclusive);
            uint version = _book[page.Block];
            Assert.Equal(version, SharedScenario.Expect(locked.Contents, page.Block));
            SharedScenario.Stamp(locked.Contents, page.Block, version + 1);
            locked.MarkDirty();
            _book[page.Block] = version + 1;
        }
    }
}
