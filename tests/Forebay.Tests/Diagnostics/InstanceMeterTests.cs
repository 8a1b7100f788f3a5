using System.Diagnostics.Metrics;
using System.Globalization;
using Forebay.Handles;
using Forebay.Tests.Support;
using Shared;

namespace Forebay.Tests.Diagnostics;

public sealed class InstanceMeterTests
{
    [Fact]
    public void Collect_PagesRead_TellsWhatTheViewsTell()
    {
        using ViewScenario scenario = new(IoMethod.Worker);
        using Collector collector = new(scenario.Instance.DataDirectory);
        using ForebaySession session = scenario.Instance.OpenSession();
        session.Read(scenario.Fork, 0).Dispose();
        session.Read(scenario.Fork, 0).Dispose();
        session.Io.WaitForAll();
        Background.Until(() => collector.Collect()["forebay.worker.count[]"] >= 1, "a worker runs");

        Dictionary<string, double> seen = collector.Collect();

        const string Normal = "context=normal,object=relation,operation=";
        Assert.Equal(1, seen[$"forebay.io.operations[{Normal}read]"]);
        Assert.Equal(1, seen[$"forebay.io.operations[{Normal}hit]"]);
        Assert.Equal(8192, seen[$"forebay.io.bytes[{Normal}read]"]);
        Assert.True(seen[$"forebay.io.time[{Normal}read]"] > 0);
        Assert.Equal(1, seen.Where(m => m.Key.StartsWith("forebay.io.latency[", StringComparison.Ordinal))
            .Sum(m => m.Value));
        Assert.Equal(ViewScenario.PoolPages - 1, seen["forebay.pool.frames[state=free]"]);
        Assert.Equal(1, seen["forebay.pool.frames[state=clean]"]);
        Assert.Equal(0, seen["forebay.pool.pinned[]"]);
        Assert.Equal(1, seen["forebay.sessions.open[]"]);
        Assert.Equal(0, seen["forebay.sessions.waiting[]"]);
        Assert.Equal(0, seen["forebay.io.in_flight[state=SUBMITTED]"]);
        Assert.Equal(0, seen["forebay.io.stuck[]"]);
        Assert.True(seen.ContainsKey("forebay.pool.joined[pool=temporary]"));
    }

    [Fact]
    public void Collect_InFlightAndStuck_AreCounted()
    {
        FakeTimeProvider clock = new();
        using ViewScenario scenario = new(time: clock);
        using Collector collector = new(scenario.Instance.DataDirectory);
        using ForebaySession session = scenario.Instance.OpenSession();
        using HeldMethod.OpenScope open = scenario.Held.OpenAtEnd();
        IoWaitReference reference = scenario.StartRead(session.Io, 0, 1);
        clock.Advance(TimeSpan.FromMinutes(1));
        Task waiter = Background.Run(() => session.Io.Wait(reference));
        Background.Until(() => collector.Collect()["forebay.sessions.waiting[]"] > 0, "the session waits");

        Dictionary<string, double> seen = collector.Collect();

        Assert.Equal(1, seen["forebay.io.in_flight[state=SUBMITTED]"]);
        Assert.Equal(1, seen["forebay.io.stuck[]"]);
        scenario.Held.Open();
        Background.Join(waiter);
    }

    [Fact]
    public void Collect_InstanceGone_TellsNothing()
    {
        ViewScenario scenario = new(IoMethod.Sync);
        using Collector collector = new(scenario.Instance.DataDirectory);
        Assert.NotEmpty(collector.Collect());
        scenario.Dispose();
        Assert.Empty(collector.Collect());
    }

    [Fact]
    public void Docs_EveryInstrument_IsListed()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "metrics.md"));
        foreach (IoMethod method in (IoMethod[])[IoMethod.Worker, IoMethod.Auto])
        {
            using ViewScenario scenario = new(method);
            using Collector collector = new(scenario.Instance.DataDirectory);
            Assert.All(collector.Instruments, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
        }
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Forebay.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("not inside the repository");
    }

    /// <summary>Listens to the meters of one instance.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<string, double> _seen = [];

        public Collector(string dataDirectory)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                bool isOurs = instrument.Meter.Name == "Forebay"
                    && instrument.Meter.Tags!.Any(tag => (string?)tag.Value == dataDirectory);
                if (!isOurs)
                    return;
                Instruments.Add(instrument.Name);
                listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Note(i, value, tags));
            _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Note(i, value, tags));
            _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Note(i, value, tags));
            _listener.Start();
        }

        public List<string> Instruments { get; } = [];

        public Dictionary<string, double> Collect()
        {
            _seen.Clear();
            _listener.RecordObservableInstruments();
            return new Dictionary<string, double>(_seen);
        }

        public void Dispose() => _listener.Dispose();

        private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            IEnumerable<string> words = tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(
                tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}"));
            _seen[$"{instrument.Name}[{string.Join(',', words)}]"] = value;
        }
    }
}
