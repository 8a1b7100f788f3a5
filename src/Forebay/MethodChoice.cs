using Forebay.Buffers;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.Synchronous;
using Forebay.Methods.Worker;
using Forebay.Storage;

namespace Forebay;

/// <summary>
/// Turns the setting io_method into a method: an explicit choice works or fails loudly, auto falls back.
/// </summary>
internal sealed class MethodChoice
{
    private readonly ForebayOptions _options;
    private readonly SharedSegment _segment;
    private readonly InstanceLayout _layout;

    /// <summary>A choice for one instance.</summary>
    public MethodChoice(
        ForebayOptions options, SharedSegment segment, InstanceLayout layout, BufferPool pool, StorageManager storage)
    {
        _options = options;
        _segment = segment;
        _layout = layout;
        Report = new MethodReport(options.IoMethod, options.IoMethod, "as set");
    }

    /// <summary>What was chosen; final once <see cref="Create"/> has returned.</summary>
    public MethodReport Report { get; private set; }

    /// <summary>Starts the method.</summary>
    public IIoMethod Create(MethodServices services) => _options.IoMethod switch
    {
        IoMethod.Sync => new SynchronousMethod(),
        IoMethod.Worker => Worker(services),
        IoMethod.IoUring => throw new NotSupportedException(),
        IoMethod.Auto => Worker(services),
        _ => throw new ArgumentOutOfRangeException(nameof(services), _options.IoMethod, null),
    };

    private WorkerMethod Worker(MethodServices services)
    {
        WorkerOptions workers = new()
        {
            MinWorkers = _options.IoMinWorkers,
            MaxWorkers = _options.IoMaxWorkers,
            IdleTimeout = _options.IoWorkerIdleTimeout,
            LaunchInterval = _options.IoWorkerLaunchInterval,
        };
        return new WorkerMethod(services, _segment, _layout.WorkerQueue, workers, _options.TimeProvider);
    }
}
