using Forebay.Buffers;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.Worker;
using Forebay.Telemetry;

namespace Forebay.Diagnostics;

/// <summary>
/// All views of a segment. They read its records and nothing else, so that they are the same for an instance that runs
/// in this process and for one that is only looked at, through a mapping that cannot be written.
/// </summary>
internal sealed class SegmentViews
{
    /// <summary>Views of a segment of a known layout.</summary>
    /// <param name="segment">The memory; outlives the views.</param>
    /// <param name="engine">Where handles and sessions lie.</param>
    /// <param name="pool">Where the shared pool lies.</param>
    /// <param name="workers">Where the workers' queue lies.</param>
    /// <param name="owners">Whose the sessions are.</param>
    /// <param name="names">Names targets.</param>
    /// <param name="method">The method in use.</param>
    public SegmentViews(SharedSegment segment, IoEngineLayout engine, BufferPoolLayout pool, WorkerQueueLayout workers,
        ISessionOwners owners, ITargetNames names, string method)
    {
        Method = method;
        Handles = new IoHandleTable(segment, engine.Handles);
        SegmentArray<SessionActivity> activities = segment.Array(engine.Activities);
        InFlight = new InFlightView(Handles, activities, owners, names, method);
        Waits = new WaitView(activities, owners);
        Statistics = new StatisticsView(segment.Array(engine.Tallies));
        Buffers = new BufferView(segment.Array(pool.Descriptors));
        Workers = method == WorkerMethod.MethodName
            ? new WorkerQueue(segment, workers, Handles, TimeProvider.System)
            : null;
        Owners = owners;
    }

    public string Method { get; }

    public IoHandleTable Handles { get; }

    public ISessionOwners Owners { get; }

    public InFlightView InFlight { get; }

    public WaitView Waits { get; }

    public StatisticsView Statistics { get; }

    public BufferView Buffers { get; }

    /// <summary>Sessions that are open, in all processes.</summary>
    public int OpenSessions => Enumerable.Range(0, Owners.Count).Count(slot => Owners.ProcessOf(slot) != 0);

    private WorkerQueue? Workers { get; }

    /// <summary>Counts so far; what only the process itself knows of its method is left out.</summary>
    public ForebayStatistics TakeStatistics() => new(
        Statistics.TakeRows(), Statistics.TakePool(isTemporary: false), Statistics.TakePool(isTemporary: true))
    {
        Workers = Workers?.Statistics(lastError: null),
    };
}
