using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Storage;
using Shared;

namespace Forebay.Tests.Diagnostics;

/// <summary>
/// An instance with one relation. Under the method "held" (the default) nothing that is submitted moves before
/// <see cref="HeldMethod.Open"/>, so that the views can be looked at in peace.
/// </summary>
internal sealed class ViewScenario : IDisposable
{
    public const int Blocks = 64;
    public const int SegmentBlocks = 16;
    public const int PoolPages = 64;
    public const int Handles = 8;
    public const uint Relation = 16_384;
    private const int BlockBytes = 8192;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("forebay-views-");
    private HeldMethod? _held;

    public ViewScenario(
        IoMethod method = IoMethod.Custom, IHoldPoints? holdPoints = null, TimeProvider? time = null,
        Action<Telemetry.Notice>? notice = null, int poolPages = PoolPages, bool secondRelation = false,
        TimeSpan? stuck = null)
    {
        Write(Path.Combine("base", "5"), Relation);
        if (secondRelation)
            Write("global", Relation + 1);
        Instance = ForebayInstance.Open(_directory.FullName, new ForebayOptions
        {
            BufferPoolBytes = poolPages * BlockBytes,
            SegmentBlocks = SegmentBlocks,
            IoMethod = method,
            CreateMethod = method == IoMethod.Custom
                ? host => _held = new HeldMethod(host.Services, open: false)
                : null,
            IoMaxConcurrency = Handles,
            MaxSessions = 4,
            IoWorkerIdleTimeout = Timeout.InfiniteTimeSpan,
            TimeProvider = time ?? TimeProvider.System,
            OnNotice = notice,
            HoldPoints = holdPoints,
            StuckIoThreshold = stuck ?? TimeSpan.FromSeconds(30),
        });
        Fork = Instance.Relation(new RelationLocator(1663, 5, Relation)).Main;
    }

    public ForebayInstance Instance { get; }

    public RelationFork Fork { get; }

    public HeldMethod Held => _held!;

    /// <summary>Starts to read neighbouring blocks into the first frames of the pool, past its bookkeeping.</summary>
    public IoWaitReference StartRead(
        IoSession session, uint block, int count, IoReturn? result = null, IoHandleFlags flags = IoHandleFlags.None)
    {
        int handle = session.Acquire(result);
        if (flags != IoHandleFlags.None)
            session.AddFlags(handle, flags);
        session.SetData(handle, (ReadOnlySpan<int>)[7, 8]);
        IoWaitReference reference = session.Reference(handle);
        int[] frames = [.. Enumerable.Range(0, count)];
        Instance.Storage.StartRead(session, handle, Fork, block, FrameArenas.Pool, frames);
        return reference;
    }

    private void Write(string under, uint relation)
    {
        string folder = Path.Combine(_directory.FullName, under);
        Directory.CreateDirectory(folder);
        for (int segment = 0; segment < Blocks / SegmentBlocks; segment++)
        {
            string name = segment == 0 ? $"{relation}" : $"{relation}.{segment}";
            File.WriteAllBytes(Path.Combine(folder, name), new byte[SegmentBlocks * BlockBytes]);
        }
    }

    public void Dispose()
    {
        _held?.Open();
        Instance.Dispose();
        _directory.Delete(recursive: true);
    }
}
