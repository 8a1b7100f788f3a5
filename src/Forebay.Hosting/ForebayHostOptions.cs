namespace Forebay.Hosting;

/// <summary>
/// How the host's instance is opened: what a configuration section can say. The names of its keys are those of the
/// properties; what is not said has the default of the same property of <see cref="ForebayOptions"/>.
/// </summary>
public sealed class ForebayHostOptions
{
    private readonly List<Func<ForebayOptions, ForebayOptions>> _changes = [];

    /// <summary>Data directory; relative to the current folder of the process. Required, and there.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Under which name the instance is shared with other processes; null or empty = it is not.</summary>
    public string? ShareName { get; set; }

    /// <summary>Folder of the shared instance, on tmpfs or hugetlbfs; null or empty = the user's own.</summary>
    public string? ShareDirectory { get; set; }

    /// <summary>As <see cref="ForebayOptions.BufferPoolBytes"/>.</summary>
    public long? BufferPoolBytes { get; set; }

    /// <summary>As <see cref="ForebayOptions.BlockBytes"/>.</summary>
    public int? BlockBytes { get; set; }

    /// <summary>As <see cref="ForebayOptions.SegmentBlocks"/>.</summary>
    public int? SegmentBlocks { get; set; }

    /// <summary>As <see cref="ForebayOptions.IoMethod"/>: Sync, Worker, IoUring or Auto.</summary>
    public IoMethod? IoMethod { get; set; }

    /// <summary>As <see cref="ForebayOptions.IoMode"/>: Buffered, Direct or Uncached.</summary>
    public IoMode? IoMode { get; set; }

    /// <summary>As <see cref="ForebayOptions.IoMaxConcurrency"/>.</summary>
    public int? IoMaxConcurrency { get; set; }

    /// <summary>As <see cref="ForebayOptions.IoCombineLimit"/>.</summary>
    public int? IoCombineLimit { get; set; }

    /// <summary>As <see cref="ForebayOptions.EffectiveIoConcurrency"/>.</summary>
    public int? EffectiveIoConcurrency { get; set; }

    /// <summary>As <see cref="ForebayOptions.MaintenanceIoConcurrency"/>.</summary>
    public int? MaintenanceIoConcurrency { get; set; }

    /// <summary>As <see cref="ForebayOptions.IoMinWorkers"/>.</summary>
    public int? IoMinWorkers { get; set; }

    /// <summary>As <see cref="ForebayOptions.IoMaxWorkers"/>.</summary>
    public int? IoMaxWorkers { get; set; }

    /// <summary>As <see cref="ForebayOptions.IoUringRings"/>.</summary>
    public int? IoUringRings { get; set; }

    /// <summary>As <see cref="ForebayOptions.IoDeviceBudget"/>.</summary>
    public int? IoDeviceBudget { get; set; }

    /// <summary>
    /// As <see cref="ForebayOptions.MaxSessions"/>: at least as many as there are scopes at a time that use one.
    /// </summary>
    public int? MaxSessions { get; set; }

    /// <summary>As <see cref="ForebayOptions.MaxOpenFiles"/>.</summary>
    public int? MaxOpenFiles { get; set; }

    /// <summary>As <see cref="ForebayOptions.ReadOnly"/>.</summary>
    public bool? ReadOnly { get; set; }

    /// <summary>As <see cref="ForebayOptions.HugePages"/>.</summary>
    public bool? HugePages { get; set; }

    /// <summary>As <see cref="ForebayOptions.StuckIoThreshold"/>; the health check asks for it, too.</summary>
    public TimeSpan? StuckIoThreshold { get; set; }

    /// <summary>Whether dirty pages are written when the host has stopped. Default: they are.</summary>
    public bool FlushAtShutdown { get; set; } = true;

    /// <summary>
    /// Changes what no configuration can say (page check, clock, a method of the program's own): gets the settings and
    /// returns those that count, as <c>settings => new ForebayOptions(settings) { PageCheck = check }</c>. Changes are
    /// made in the order in which they were asked for.
    /// </summary>
    public void Change(Func<ForebayOptions, ForebayOptions> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _changes.Add(change);
    }

    /// <summary>The settings of the instance.</summary>
    /// <exception cref="ArgumentException">The name to share it under cannot be one.</exception>
    public ForebayOptions ToOptions()
    {
        ForebayOptions byDefault = new();
        ForebayOptions options = new()
        {
            Sharing = string.IsNullOrEmpty(ShareName)
                ? null
                : Sharing.Named(ShareName, string.IsNullOrEmpty(ShareDirectory) ? null : ShareDirectory),
            BufferPoolBytes = BufferPoolBytes ?? byDefault.BufferPoolBytes,
            BlockBytes = BlockBytes ?? byDefault.BlockBytes,
            SegmentBlocks = SegmentBlocks ?? byDefault.SegmentBlocks,
            IoMethod = IoMethod ?? byDefault.IoMethod,
            IoMode = IoMode ?? byDefault.IoMode,
            IoMaxConcurrency = IoMaxConcurrency ?? byDefault.IoMaxConcurrency,
            IoCombineLimit = IoCombineLimit ?? byDefault.IoCombineLimit,
            EffectiveIoConcurrency = EffectiveIoConcurrency ?? byDefault.EffectiveIoConcurrency,
            MaintenanceIoConcurrency = MaintenanceIoConcurrency ?? byDefault.MaintenanceIoConcurrency,
            IoMinWorkers = IoMinWorkers ?? byDefault.IoMinWorkers,
            IoMaxWorkers = IoMaxWorkers ?? byDefault.IoMaxWorkers,
            IoUringRings = IoUringRings ?? byDefault.IoUringRings,
            IoDeviceBudget = IoDeviceBudget ?? byDefault.IoDeviceBudget,
            MaxSessions = MaxSessions ?? byDefault.MaxSessions,
            MaxOpenFiles = MaxOpenFiles ?? byDefault.MaxOpenFiles,
            ReadOnly = ReadOnly ?? byDefault.ReadOnly,
            HugePages = HugePages ?? byDefault.HugePages,
            StuckIoThreshold = StuckIoThreshold ?? byDefault.StuckIoThreshold,
        };
        foreach (Func<ForebayOptions, ForebayOptions> change in _changes)
            options = change(options);
        return options;
    }
}
