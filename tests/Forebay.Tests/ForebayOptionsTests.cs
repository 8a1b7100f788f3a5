using Forebay.Telemetry;

namespace Forebay.Tests;

/// <summary>Each bound of each setting, through the door that users take.</summary>
public sealed class ForebayOptionsTests : IDisposable
{
    private const double MillisecondsMax = int.MaxValue;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("forebay-options-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>A setting, a value just outside its range, and the range.</summary>
    public static TheoryData<string, double, string> Outside => new()
    {
        { "block_bytes", 256, "a power of two from 512 to 65536" },
        { "block_bytes", 131_072, "a power of two from 512 to 65536" },
        { "block_bytes", 8191, "a power of two from 512 to 65536" },
        { "block_bytes", 0, "a power of two from 512 to 65536" },
        { "buffer_pool_bytes", 16 * 8192 - 1, "at least 16 pages" },
        { "buffer_pool_bytes", long.MaxValue, "at most 2^30 pages" },
        { "segment_blocks", 0, "at least 1" },
        { "io_method", -1, "sync, worker, io_uring or auto" },
        { "io_mode", 77, "buffered, direct or uncached" },
        { "io_max_concurrency", 0, "-1 or 1 to 1024" },
        { "io_max_concurrency", -2, "-1 or 1 to 1024" },
        { "io_max_concurrency", 1025, "-1 or 1 to 1024" },
        { "io_combine_limit", 0, "1 to 128 pages" },
        { "io_combine_limit", 129, "1 to 128 pages" },
        { "effective_io_concurrency", -1, "0 to 1000" },
        { "effective_io_concurrency", 1001, "0 to 1000" },
        { "maintenance_io_concurrency", -1, "0 to 1000" },
        { "maintenance_io_concurrency", 1001, "0 to 1000" },
        { "io_min_workers", 0, "1 to 32" },
        { "io_min_workers", 33, "1 to 32" },
        { "io_max_workers", 0, "1 to 32" },
        { "io_max_workers", 33, "1 to 32" },
        { "io_worker_idle_timeout", -2, "0 to 2147483647 ms, or -1 for ever" },
        { "io_worker_idle_timeout", MillisecondsMax + 1, "0 to 2147483647 ms, or -1 for ever" },
        { "io_worker_launch_interval", -1, "0 to 2147483647 ms" },
        { "io_worker_launch_interval", -0.5, "0 to 2147483647 ms" },
        { "io_worker_launch_interval", MillisecondsMax + 0.5, "0 to 2147483647 ms" },
        { "io_uring_rings", -1, "0 to 256" },
        { "io_uring_rings", 257, "0 to 256" },
        { "io_device_budget", -1, "0 to 65536" },
        { "io_device_budget", 65_537, "0 to 65536" },
        { "max_sessions", 0, "1 to 8192" },
        { "max_sessions", 8193, "1 to 8192" },
        { "max_open_files", 15, "16 to 1000000" },
        { "max_open_files", 1_000_001, "16 to 1000000" },
        { "vacuum_buffer_usage_limit", 131_071, "0, or 128 KiB and more" },
        { "vacuum_buffer_usage_limit", -1, "0, or 128 KiB and more" },
        { "temp_buffers", 16 * 8192 - 1, "at least 16 pages" },
    };

    /// <summary>The last value inside each bound that an instance can be opened with here.</summary>
    public static TheoryData<string, double> Inside => new()
    {
        { "block_bytes", 512 },
        { "block_bytes", 65_536 },
        { "buffer_pool_bytes", 16 * 8192 },
        { "segment_blocks", 1 },
        { "io_max_concurrency", -1 },
        { "io_max_concurrency", 1 },
        { "io_max_concurrency", 1024 },
        { "io_combine_limit", 1 },
        { "io_combine_limit", 128 },
        { "effective_io_concurrency", 0 },
        { "effective_io_concurrency", 1000 },
        { "maintenance_io_concurrency", 0 },
        { "maintenance_io_concurrency", 1000 },
        { "io_min_workers", 1 },
        { "io_max_workers", 2 },
        { "io_max_workers", 32 },
        { "io_worker_idle_timeout", 0 },
        { "io_worker_idle_timeout", -1 },
        { "io_worker_idle_timeout", MillisecondsMax },
        { "io_worker_launch_interval", 0 },
        { "io_worker_launch_interval", MillisecondsMax },
        { "io_uring_rings", 0 },
        { "io_uring_rings", 256 },
        { "io_device_budget", 0 },
        { "io_device_budget", 65_536 },
        { "max_sessions", 1 },
        { "max_open_files", 16 },
        { "vacuum_buffer_usage_limit", 0 },
        { "vacuum_buffer_usage_limit", 131_072 },
        { "temp_buffers", 16 * 8192 },
    };

    [Theory]
    [MemberData(nameof(Outside))]
    public void Open_SettingOutsideItsRange_NamesSettingValueAndRange(string setting, double value, string range)
    {
        string text = value == long.MaxValue ? "9223372036854775807" : FormattableString.Invariant($"{value}");

        Assert.Equal($"Setting {setting} is {text}; it must be {range}.",
            Assert.Throws<ArgumentException>(() => Open(With(setting, value))).Message);
    }

    [Theory]
    [MemberData(nameof(Inside))]
    public void Open_SettingAtTheEdgeOfItsRange_IsAcceptedWithoutANotice(string setting, double value)
    {
        List<Notice> notices = [];

        Open(With(setting, value, notices.Add)).Dispose();

        Assert.Empty(notices);
    }

    [Fact]
    public void Open_MoreWorkersThanTheMaximum_TakesTheMaximumAndSaysSo()
    {
        List<Notice> notices = [];

        using (Open(new ForebayOptions { IoMinWorkers = 5, IoMaxWorkers = 3, OnNotice = notices.Add }))
        {
        }

        Notice notice = Assert.Single(notices);
        Assert.Equal("io-workers", notice.Kind);
        Assert.Equal("Setting io_min_workers is 5, above io_max_workers, which is 3: "
            + "there are never more than 3 workers.", notice.Message);
    }

    [Fact]
    public void Open_MoreWorkersThanTheMaximumWithoutWorkers_SaysNothing()
    {
        List<Notice> notices = [];

        Open(new ForebayOptions
        {
            IoMethod = IoMethod.Sync, IoMinWorkers = 5, IoMaxWorkers = 3, OnNotice = notices.Add,
        }).Dispose();

        Assert.Empty(notices);
    }

    private ForebayInstance Open(ForebayOptions options) => ForebayInstance.Open(_directory.FullName, options);

    private static ForebayOptions With(string setting, double value, Action<Notice>? onNotice = null)
    {
        int number = value is >= int.MinValue and <= int.MaxValue ? (int)value : 0;
        TimeSpan time = TimeSpan.FromMilliseconds(Math.Clamp(value, -1e9, 1e10));
        long large = value >= long.MaxValue ? long.MaxValue : (long)value;
        int concurrency = setting == "io_max_concurrency" ? number : 16;
        int pages = setting == "io_max_concurrency" ? 1024 : 64;
        return new ForebayOptions
        {
            BlockBytes = setting == "block_bytes" ? number : 8192,
            BufferPoolBytes = setting == "buffer_pool_bytes" ? large : pages * 65_536L,
            SegmentBlocks = setting == "segment_blocks" ? number : 131_072,
            IoMethod = setting == "io_method" ? (IoMethod)number : IoMethod.Worker,
            IoMode = setting == "io_mode" ? (IoMode)number : IoMode.Buffered,
            IoMaxConcurrency = concurrency,
            IoCombineLimit = setting == "io_combine_limit" ? number : 16,
            EffectiveIoConcurrency = setting == "effective_io_concurrency" ? number : 16,
            MaintenanceIoConcurrency = setting == "maintenance_io_concurrency" ? number : 16,
            IoMinWorkers = setting == "io_min_workers" ? number : 2,
            IoMaxWorkers = setting == "io_max_workers" ? number : 4,
            IoWorkerIdleTimeout = setting == "io_worker_idle_timeout" ? time : TimeSpan.FromSeconds(60),
            IoWorkerLaunchInterval = setting == "io_worker_launch_interval" ? time : TimeSpan.FromMilliseconds(100),
            IoUringRings = setting == "io_uring_rings" ? number : 0,
            IoDeviceBudget = setting == "io_device_budget" ? number : 0,
            MaxSessions = setting == "max_sessions" ? number : 4,
            MaxOpenFiles = setting == "max_open_files" ? number : 1000,
            VacuumBufferUsageLimitBytes = setting == "vacuum_buffer_usage_limit" ? number : 2 << 20,
            TemporaryBufferBytes = setting == "temp_buffers" ? large : 8L << 20,
            OnNotice = onNotice,
        };
    }
}
