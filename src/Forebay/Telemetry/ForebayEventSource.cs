using System.Diagnostics.Tracing;

namespace Forebay.Telemetry;

/// <summary>
/// The events of Forebay, for dotnet-trace, PerfView and <see cref="EventListener"/>. Rare ones are always raised;
/// those
/// of single operations only while somebody listens for <see cref="Keywords.Operations"/>. See docs/views.md.
/// </summary>
[EventSource(Name = SourceName)]
internal sealed class ForebayEventSource : EventSource
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "Forebay";

    /// <summary>The one source of the process.</summary>
    public static readonly ForebayEventSource Log = new();

    private ForebayEventSource()
    {
    }

    /// <summary>What can be listened for.</summary>
    public static class Keywords
    {
        /// <summary>Instances and sessions.</summary>
        public const EventKeywords Lifetime = (EventKeywords)1;

        /// <summary>What an operator should know of.</summary>
        public const EventKeywords Trouble = (EventKeywords)2;

        /// <summary>I/O workers.</summary>
        public const EventKeywords Workers = (EventKeywords)4;

        /// <summary>Each I/O operation.</summary>
        public const EventKeywords Operations = (EventKeywords)8;
    }

    /// <summary>Whether each operation is to be told of.</summary>
    public bool TellsOfOperations => IsEnabled(EventLevel.Verbose, Keywords.Operations);

    [Event(1, Level = EventLevel.Informational, Keywords = Keywords.Lifetime,
        Message = "Instance over {0} opened: method {1}, {2} pages.")]
    public void InstanceStarted(string dataDirectory, string method, int poolPages)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Lifetime))
            WriteEvent(1, (EventSourcePrimitive)dataDirectory, method, poolPages);
    }

    [Event(2, Level = EventLevel.Informational, Keywords = Keywords.Lifetime,
        Message = "Instance over {0} closed.")]
    public void InstanceStopped(string dataDirectory)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Lifetime))
            WriteEvent(2, dataDirectory);
    }

    [Event(3, Level = EventLevel.Informational, Keywords = Keywords.Lifetime, Message = "Session {0} opened.")]
    public void SessionStarted(int session)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Lifetime))
            WriteEvent(3, session);
    }

    [Event(4, Level = EventLevel.Informational, Keywords = Keywords.Lifetime, Message = "Session {0} closed.")]
    public void SessionStopped(int session)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Lifetime))
            WriteEvent(4, session);
    }

    [Event(5, Level = EventLevel.Warning, Keywords = Keywords.Trouble,
        Message = "I/O handle {0} of session {1}, process {2}, thread {3}: {4} at offset {5} has taken {6} ms.")]
    public void IoStuck(int handle, int session, int process, int thread, string target, long offset, long ageMs)
    {
        if (IsEnabled(EventLevel.Warning, Keywords.Trouble))
            WriteEvent(5, (EventSourcePrimitive)handle, session, process, thread, target, offset, ageMs);
    }

    [Event(6, Level = EventLevel.Warning, Keywords = Keywords.Trouble,
        Message = "I/O method {0} is refused, {1} is used: {2}")]
    public void MethodFallback(string requested, string effective, string reason)
    {
        if (IsEnabled(EventLevel.Warning, Keywords.Trouble))
            WriteEvent(6, (EventSourcePrimitive)requested, effective, reason);
    }

    [Event(7, Level = EventLevel.Informational, Keywords = Keywords.Workers, Message = "I/O worker {0} started.")]
    public void WorkerStarted(int worker)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Workers))
            WriteEvent(7, worker);
    }

    [Event(8, Level = EventLevel.Informational, Keywords = Keywords.Workers, Message = "I/O worker {0} ended.")]
    public void WorkerEnded(int worker)
    {
        if (IsEnabled(EventLevel.Informational, Keywords.Workers))
            WriteEvent(8, worker);
    }

    [Event(9, Level = EventLevel.Warning, Keywords = Keywords.Trouble, Message = "{0}: {1}")]
    public void Noticed(string kind, string message)
    {
        if (IsEnabled(EventLevel.Warning, Keywords.Trouble))
            WriteEvent(9, kind, message);
    }

    [Event(10, Level = EventLevel.Verbose, Keywords = Keywords.Operations,
        Message = "Handle {0}: {1} of {3} bytes at {2} ended with {4} after {5} ns.")]
    public void OperationCompleted(int handle, int operation, long offset, int length, int rawResult, long ns)
    {
        if (TellsOfOperations)
            WriteEvent(10, (EventSourcePrimitive)handle, operation, offset, length, rawResult, ns);
    }
}
