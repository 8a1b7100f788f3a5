using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Forebay.Telemetry;
using Forebay.Tests.Support;

namespace Forebay.Tests.Diagnostics;

public sealed class EventSourceTests
{
    [Fact]
    public void Events_LifeOfAnInstance_AreRaised()
    {
        using Listener listener = new(EventLevel.Informational);
        string directory;
        using (ViewScenario scenario = new(IoMethod.Worker))
        {
            directory = scenario.Instance.DataDirectory;
            using ForebaySession session = scenario.Instance.OpenSession();
            session.Read(scenario.Fork, 0).Dispose();
        }

        Assert.Contains(listener.Named("InstanceStarted"), e => e.Payload![0]!.Equals(directory)
            && e.Payload[1]!.Equals("worker") && e.Payload[2]!.Equals(ViewScenario.PoolPages));
        Assert.Contains(listener.Named("InstanceStopped"), e => e.Payload![0]!.Equals(directory));
        Assert.NotEmpty(listener.Named("SessionStarted"));
        Assert.NotEmpty(listener.Named("SessionStopped"));
        Assert.NotEmpty(listener.Named("WorkerStarted"));
        Assert.NotEmpty(listener.Named("WorkerEnded"));
        Assert.Empty(listener.Named("OperationCompleted")); // those are for who asks for them
    }

    [Fact]
    public void Events_OperationsAskedFor_AreRaisedForEach()
    {
        using Listener listener = new(EventLevel.Verbose);
        using ViewScenario scenario = new(IoMethod.Sync);
        using ForebaySession session = scenario.Instance.OpenSession();
        session.Read(scenario.Fork, 19).Dispose();

        Assert.Contains(listener.Named("OperationCompleted"), e => e.Payload![1]!.Equals(1)
            && e.Payload[2]!.Equals(3L * 8192) && e.Payload[3]!.Equals(8192) && e.Payload[4]!.Equals(8192)
            && (long)e.Payload[5]! > 0);
    }

    [Fact]
    public void Events_TroubleAndNotices_AreRaised()
    {
        using Listener listener = new(EventLevel.Warning);
        FakeTimeProvider clock = new();
        using ViewScenario scenario = new(time: clock);
        ForebaySession session = scenario.Instance.OpenSession();
        int handle = scenario.StartRead(session.Io, 0, 1).Index;
        clock.Advance(TimeSpan.FromMinutes(1));
        session.Io.Acquire(null); // and forgotten
        scenario.Held.Open();
        session.Dispose();

        Assert.Contains(listener.Named("IoStuck"), e => e.Payload![0]!.Equals(handle)
            && e.Payload[2]!.Equals(Environment.ProcessId) && (long)e.Payload[6]! >= 30_000);
        Assert.Contains(listener.Named("Noticed"), e => e.Payload![0]!.Equals("io-stuck"));
        Assert.Contains(listener.Named("Noticed"), e => e.Payload![0]!.Equals("handle-leak"));
    }

    [Fact]
    public void Manifest_Source_IsWellFormed() => Assert.NotNull(EventSource.GenerateManifest(
        typeof(ForebayEventSource), "Forebay.dll", EventManifestOptions.Strict));

    private sealed class Listener : EventListener
    {
        private readonly ConcurrentQueue<EventWrittenEventArgs> _seen = new();

        public Listener(EventLevel level) => EnableEvents(ForebayEventSource.Log, level, EventKeywords.All);

        public IEnumerable<EventWrittenEventArgs> Named(string name) => _seen.Where(e => e.EventName == name);

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => _seen?.Enqueue(eventData);
    }
}
