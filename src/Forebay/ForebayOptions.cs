using Forebay.Buffers;
using Forebay.Handles;
using Forebay.Methods;
using Forebay.Methods.Worker;
using Forebay.Primitives;
using Forebay.Telemetry;

namespace Forebay;

/// <summary>
/// How an instance is opened. Set once, validated by <see cref="ForebayInstance.Open"/>. Each property is the setting
/// of the same name in PostgreSQL's spelling: <see cref="IoMaxConcurrency"/> is <c>io_max_concurrency</c>.
/// </summary>
public sealed class ForebayOptions
{
    /// <summary>The defaults.</summary>
    public ForebayOptions()
    {
    }

    /// <summary>The same settings as another's, from which some are then changed.</summary>
    public ForebayOptions(ForebayOptions other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Sharing = other.Sharing;
        BufferPoolBytes = other.BufferPoolBytes;
        BlockBytes = other.BlockBytes;
        SegmentBlocks = other.SegmentBlocks;
        IoMethod = other.IoMethod;
        CreateMethod = other.CreateMethod;
        IoMode = other.IoMode;
        IoMaxConcurrency = other.IoMaxConcurrency;
        IoCombineLimit = other.IoCombineLimit;
        EffectiveIoConcurrency = other.EffectiveIoConcurrency;
        MaintenanceIoConcurrency = other.MaintenanceIoConcurrency;
        IoMinWorkers = other.IoMinWorkers;
        IoMaxWorkers = other.IoMaxWorkers;
        IoWorkerIdleTimeout = other.IoWorkerIdleTimeout;
        IoWorkerLaunchInterval = other.IoWorkerLaunchInterval;
        IoUringRings = other.IoUringRings;
        IoDeviceBudget = other.IoDeviceBudget;
        MaxSessions = other.MaxSessions;
        MaxOpenFiles = other.MaxOpenFiles;
        ReadOnly = other.ReadOnly;
        VacuumBufferUsageLimitBytes = other.VacuumBufferUsageLimitBytes;
        TemporaryBufferBytes = other.TemporaryBufferBytes;
        HugePages = other.HugePages;
        PageCheck = other.PageCheck;
        ZeroDamagedPages = other.ZeroDamagedPages;
        IgnoreChecksumFailure = other.IgnoreChecksumFailure;
        TablespaceVersionDirectory = other.TablespaceVersionDirectory;
        OnNotice = other.OnNotice;
        HoldPoints = other.HoldPoints;
        TimeProvider = other.TimeProvider;
        StuckIoThreshold = other.StuckIoThreshold;
        RingKernel = other.RingKernel;
    }

    /// <summary>
    /// Under which name other processes share the instance; null = it is this process's own. See docs/sharing.md.
    /// </summary>
    public Sharing? Sharing { get; init; }

    /// <summary>Size of the buffer pool in bytes; at least 16 pages.</summary>
    public long BufferPoolBytes { get; init; } = 128L << 20;

    /// <summary>Size of a page in bytes: a power of two from 512 to 65,536.</summary>
    public int BlockBytes { get; init; } = 8192;

    /// <summary>Blocks per segment file; PostgreSQL's 131,072 pages of 8 KiB make 1 GiB.</summary>
    public int SegmentBlocks { get; init; } = 131_072;

    /// <summary>How I/O is executed.</summary>
    public IoMethod IoMethod { get; init; } = IoMethod.Worker;

    /// <summary>
    /// Makes the method for <see cref="IoMethod.Custom"/>; called once, while the instance is opened, which disposes
    /// the method in the end. Null for all others.
    /// </summary>
    public Func<IoMethodHost, IIoMethod>? CreateMethod { get; init; }

    /// <summary>What the page cache has to do with it.</summary>
    public IoMode IoMode { get; init; } = IoMode.Buffered;

    /// <summary>Shorthand for <see cref="IoMode"/> = <see cref="IoMode.Direct"/>.</summary>
    public bool IoDirect
    {
        get => IoMode == IoMode.Direct;
        init => IoMode = value ? IoMode.Direct : IoMode.Buffered;
    }

    /// <summary>
    /// Operations a session may have in flight, 1 to 1,024; -1 = from pool size and sessions, at most 64.
    /// </summary>
    public int IoMaxConcurrency { get; init; } = -1;

    /// <summary>Most pages that streams put into one operation, 1 to 128.</summary>
    public int IoCombineLimit { get; init; } = 16;

    /// <summary>
    /// Operations a stream keeps in flight, 0 to 1,000; 0 = none ahead of the consumer. Four times PostgreSQL's
    /// default: fewer leave a solid-state disk idle when pages come at random.
    /// </summary>
    public int EffectiveIoConcurrency { get; init; } = 64;

    /// <summary>The same for streams of maintenance work.</summary>
    public int MaintenanceIoConcurrency { get; init; } = 16;

    /// <summary>Workers that are always there, 1 to 32.</summary>
    public int IoMinWorkers { get; init; } = 2;

    /// <summary>
    /// Most workers, 1 to 32. It wins where <see cref="IoMinWorkers"/> is above it; a notice says so.
    /// </summary>
    public int IoMaxWorkers { get; init; } = Math.Min(8, 4 * Environment.ProcessorCount);

    /// <summary>
    /// How long a worker beyond the minimum stays without work, 0 to 2,147,483,647 ms;
    /// <see cref="Timeout.InfiniteTimeSpan"/> = for ever.
    /// </summary>
    public TimeSpan IoWorkerIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Least time between the starts of two workers, 0 to 2,147,483,647 ms.</summary>
    public TimeSpan IoWorkerLaunchInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Rings of io_uring; 0 = one per core.</summary>
    public int IoUringRings { get; init; }

    /// <summary>Requests in flight at the device; 0 = seven eighths of what it has tags for.</summary>
    public int IoDeviceBudget { get; init; }

    /// <summary>Sessions that can be open at a time.</summary>
    public int MaxSessions { get; init; } = 128;

    /// <summary>Relation files kept open.</summary>
    public int MaxOpenFiles { get; init; } = 1000;

    /// <summary>Open relation files for reading only; whatever would change one is refused.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Size of a maintenance ring in bytes; 0 = none.</summary>
    public int VacuumBufferUsageLimitBytes { get; init; } = 2 << 20;

    /// <summary>Size of a session's pool of temporary pages in bytes.</summary>
    public long TemporaryBufferBytes { get; init; } = 8L << 20;

    /// <summary>
    /// Ask the kernel for huge pages behind the pool. Of a shared instance the creator's counts; it takes about 0.2 s
    /// per GiB there when the instance is created.
    /// </summary>
    public bool HugePages { get; init; } = true;

    /// <summary>Check of pages as they come in, and their seal as they go out; null = none.</summary>
    public PageCheck? PageCheck { get; init; }

    /// <summary>
    /// Replace pages that fail their check by zeros, with a notice (setting <c>zero_damaged_pages</c>).
    /// </summary>
    public bool ZeroDamagedPages { get; init; }

    /// <summary>Accept pages whose checksum alone fails, with a notice.</summary>
    public bool IgnoreChecksumFailure { get; init; }

    /// <summary>Name of the version directory inside tablespaces, for instance <c>PG_18_202506291</c>.</summary>
    public string TablespaceVersionDirectory { get; init; } = "PG_18_202506291";

    /// <summary>Receives notices; called by the session that causes one, on its thread.</summary>
    public Action<Notice>? OnNotice { get; init; }

    /// <summary>A test's hand inside the engine; null in production.</summary>
    public IHoldPoints? HoldPoints { get; init; }

    /// <summary>
    /// How long an operation may take before it is reported, once, as stuck: by a notice of kind <c>io-stuck</c>, which
    /// comes on a thread of the clock's, an event, and a metric. At least 1 ms; <see cref="Timeout.InfiniteTimeSpan"/>
    /// =
    /// nobody watches.
    /// </summary>
    public TimeSpan StuckIoThreshold { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of everything that waits for a time.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The kernel of the rings; a measurement puts one in front of it that counts.</summary>
    internal Interop.IoUring.IRingKernel RingKernel { get; init; } = Interop.IoUring.RingKernel.Instance;

    internal int Frames => (int)Math.Min(int.MaxValue / 2, BufferPoolBytes / BlockBytes);

    /// <summary><see cref="IoMaxConcurrency"/> with -1 resolved.</summary>
    internal int ResolvedConcurrency =>
        IoMaxConcurrency > 0 ? IoMaxConcurrency : Math.Clamp(Frames / MaxSessions, 1, 64);

    /// <summary>The settings of the method <c>worker</c>.</summary>
    internal WorkerOptions Workers => new()
    {
        MinWorkers = IoMinWorkers,
        MaxWorkers = IoMaxWorkers,
        IdleTimeout = IoWorkerIdleTimeout,
        LaunchInterval = IoWorkerLaunchInterval,
    };

    /// <summary>
    /// Throws the first thing that is wrong, with its setting's name and range; opening an instance does the same.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        Setting.Check(BlockBytes is >= 512 and <= 65536 && (BlockBytes & (BlockBytes - 1)) == 0,
            "block_bytes", BlockBytes, "a power of two from 512 to 65536");
        Setting.Check(BufferPoolBytes / BlockBytes >= 16, "buffer_pool_bytes", BufferPoolBytes, "at least 16 pages");
        Setting.Check(BufferPoolBytes / BlockBytes <= int.MaxValue / 2,
            "buffer_pool_bytes", BufferPoolBytes, "at most 2^30 pages");
        Setting.Check(SegmentBlocks >= 1, "segment_blocks", SegmentBlocks, "at least 1");
        Setting.Check(Enum.IsDefined(IoMethod), "io_method", (int)IoMethod, "sync, worker, io_uring or auto");
        Setting.Check(IoMethod == IoMethod.Custom == CreateMethod is not null,
            "io_method", (int)IoMethod, "custom together with a CreateMethod, and only then");
        Setting.Check(IoMethod != IoMethod.Custom || Sharing is null,
            "io_method", (int)IoMethod, "sync, worker, io_uring or auto where an instance is shared");
        Setting.Check(Enum.IsDefined(IoMode), "io_mode", (int)IoMode, "buffered, direct or uncached");
        Setting.Check(IoMaxConcurrency is -1 or (>= 1 and <= 1024),
            "io_max_concurrency", IoMaxConcurrency, "-1 or 1 to 1024");
        Setting.Check(IoCombineLimit is >= 1 and <= 128, "io_combine_limit", IoCombineLimit, "1 to 128 pages");
        Setting.Check(EffectiveIoConcurrency is >= 0 and <= 1000,
            "effective_io_concurrency", EffectiveIoConcurrency, "0 to 1000");
        Setting.Check(MaintenanceIoConcurrency is >= 0 and <= 1000,
            "maintenance_io_concurrency", MaintenanceIoConcurrency, "0 to 1000");
        Workers.Validate();
        Setting.Check(IoUringRings is >= 0 and <= 256, "io_uring_rings", IoUringRings, "0 to 256");
        Setting.Check(IoDeviceBudget is >= 0 and <= 65536, "io_device_budget", IoDeviceBudget, "0 to 65536");
        Setting.Check(MaxSessions is >= 1 and <= 8192, "max_sessions", MaxSessions, "1 to 8192");
        Setting.Check(MaxOpenFiles is >= 16 and <= 1_000_000, "max_open_files", MaxOpenFiles, "16 to 1000000");
        Setting.Check(VacuumBufferUsageLimitBytes is 0 or >= 131_072,
            "vacuum_buffer_usage_limit", VacuumBufferUsageLimitBytes, "0, or 128 KiB and more");
        Setting.Check(StuckIoThreshold == Timeout.InfiniteTimeSpan
            || (StuckIoThreshold >= TimeSpan.FromMilliseconds(1) && StuckIoThreshold.TotalMilliseconds <= int.MaxValue),
            "stuck_io_threshold", (long)StuckIoThreshold.TotalMilliseconds, "-1 or 1 to 2147483647 ms");
        Setting.Check(TemporaryBufferBytes / BlockBytes >= 16,
            "temp_buffers", TemporaryBufferBytes, "at least 16 pages");
    }
}
