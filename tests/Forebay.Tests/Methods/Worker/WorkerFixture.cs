using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods.Worker;
using Forebay.Targets;
using Forebay.Tests.Support;

namespace Forebay.Tests.Methods.Worker;

/// <summary>An engine with the method under test, frames, and a temporary file of numbered blocks.</summary>
internal sealed class WorkerFixture : IDisposable
{
    public const int FrameBytes = 4096;
    public const int FrameCount = 1024;
    public const int BlockCount = 256;

    private readonly SharedSegment _segment;
    private readonly FrameArenas _arenas = new();
    private readonly List<Thread> _threads = [];

    /// <summary>A lease of no open file, of which nobody keeps count.</summary>
    public static FileLease ForeignLease => new(1 << 20, 0);

    public WorkerFixture(
        WorkerOptions options,
        TimeProvider? clock = null,
        IHoldPoints? holdPoints = null,
        Func<string, ThreadStart, Thread>? startThread = null,
        bool synchronous = false)
    {
        SegmentLayout layout = new();
        IoEngineLayout engineLayout = new(layout, new IoEngineSettings(Sessions: 16, Concurrency: 128, CombineMax: 4));
        WorkerQueueLayout queueLayout = new(layout);
        SegmentRegion<byte> frames = layout.Reserve<byte>(FrameBytes * FrameCount, FrameBytes);
        _segment = new SharedSegment(layout, hugePages: false);
        _arenas.SetPool(new FrameArena(_segment.Array(frames).AddressOf(0), FrameBytes, FrameCount));

        IoCallbackRegistry callbacks = new();
        callbacks.Register(IoCallbackIds.FirstCustom, Callback);
        IoTargetRegistry targets = new();
        targets.Register(IoTargetIds.FirstCustom, Target);
        Engine = new IoEngine(_segment, engineLayout, callbacks, targets, _arenas,
            services => synchronous
                ? new Forebay.Methods.Synchronous.SynchronousMethod()
                : new WorkerMethod(services, _segment, queueLayout, options, clock ?? TimeProvider.System,
                    startThread ?? StartThread),
            holdPoints);
    }

    public TempFileTarget Target { get; } = new(BlockCount, FrameBytes);

    public CountingCallback Callback { get; } = new();

    public IoEngine Engine { get; }

    public WorkerMethod Method => (WorkerMethod)Engine.Method;

    public WorkerStatistics Statistics => Method.Statistics;

    /// <summary>Threads of workers that were started.</summary>
    public List<Thread> Threads
    {
        get
        {
            lock (_threads)
                return [.. _threads];
        }
    }

    public Span<byte> Frame(int frame) => _arenas.Frame(FrameArenas.Pool, frame);

    /// <summary>Starts reading one block into one frame; the operation's number is its data word.</summary>
    public IoWaitReference StartRead(
        IoSession session, int block, int frame, IoReturn? result = null, int number = 0, FileLease? file = null) =>
        Start(session, IoOperation.ReadVector, block, [frame], result, number, file);

    public IoWaitReference Start(
        IoSession session,
        IoOperation operation,
        int block,
        ReadOnlySpan<int> frames,
        IoReturn? result = null,
        int number = 0,
        FileLease? file = null,
        IoHandleFlags flags = IoHandleFlags.None)
    {
        int handle = session.Acquire(result);
        IoWaitReference reference = session.Reference(handle);
        session.AddFlags(handle, flags);
        session.SetTarget(handle, IoTargetIds.FirstCustom, default);
        if (frames.Length > 0)
            session.SetFrames(handle, FrameArenas.Pool, frames);
        session.SetData(handle, [number]);
        session.AddCallback(handle, IoCallbackIds.FirstCustom);
        session.Start(handle, operation, file ?? Target.Lease(), (long)block * FrameBytes, frames.Length * FrameBytes);
        return reference;
    }

    /// <summary>
    /// Makes every operation look as if another process had issued it: its file is not open in this one.
    /// </summary>
    public void ForgetLeases(TestHold hold) => hold.OnHandle = (point, handle) =>
    {
        if (point == HoldPoint.BeforeSubmit)
            Engine.Handles[handle].File = FileLease.None;
    };

    /// <summary>
    /// Waits until the pool has this size and everybody sleeps, the supervisor too: then the queue's lock is free and
    /// stays so, and what is submitted next is queued, not executed by its submitter since somebody holds the lock.
    /// </summary>
    public void WaitForIdle(int workers)
    {
        Eventually.Equal((workers, workers, true),
            () => (Statistics.Workers, Statistics.IdleWorkers, Method.Queue.IsSupervisorAsleep));

        // The statistics take no lock: who was just seen to fall idle may still be inside it.
        Method.Queue.Lock.Enter();
        Method.Queue.Lock.Exit();
    }

    public Thread StartThread(string name, ThreadStart body)
    {
        Thread thread = new(body) { Name = name, IsBackground = true };
        lock (_threads)
            _threads.Add(thread);
        thread.Start();
        return thread;
    }

    public void Dispose()
    {
        Engine.Dispose();
        _segment.Dispose();
        Target.Dispose();
    }
}
