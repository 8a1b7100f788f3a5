using Forebay.Interop;
using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.IoUring;
using Forebay.Methods.Synchronous;
using Forebay.Methods.Worker;
using Forebay.Processes;
using Forebay.Storage;

namespace Forebay;

/// <summary>
/// Turns the setting io_method into a method: an explicit choice works or fails loudly, auto falls back.
/// </summary>
internal sealed class MethodChoice(
    ForebayOptions options, SharedSegment segment, InstanceLayout layout, StorageManager storage,
    string dataDirectory)
{
    /// <summary>What was chosen; final once <see cref="Create"/> has returned.</summary>
    public MethodReport Report { get; private set; } = new(options.IoMethod, options.IoMethod, "as set");

    /// <summary>Starts the method.</summary>
    /// <exception cref="IoMethodException">The method asked for is refused here.</exception>
    public IIoMethod Create(MethodServices services) => options.IoMethod switch
    {
        IoMethod.Sync => new SynchronousMethod(),
        IoMethod.Worker => Worker(services),
        IoMethod.IoUring => TryIoUring(services, out RingRefusal? refusal)
            ?? throw new IoMethodException(IoMethod.IoUring, refusal!.Reason, refusal.Hint),
        IoMethod.Auto => Best(services),
        IoMethod.Custom => options.CreateMethod!(new IoMethodHost(services)),
        _ => throw new ArgumentOutOfRangeException(nameof(services), options.IoMethod, null),
    };

    private IIoMethod Best(MethodServices services)
    {
        if (TryIoUring(services, out RingRefusal? refusal) is { } method)
            return method;
        Report = new MethodReport(IoMethod.Auto, IoMethod.Worker, $"io_uring is refused: {refusal} Workers are used.");
        return Worker(services);
    }

    private WorkerMethod Worker(MethodServices services) =>
        new(services, segment, layout.WorkerQueue, options.Workers, options.TimeProvider);

    private IoUringMethod? TryIoUring(MethodServices services, out RingRefusal? refusal)
    {
        IoUringOptions rings = new()
        {
            Rings = options.IoUringRings,
            DeviceBudget = options.IoDeviceBudget,
            Device = DeviceUnder(dataDirectory),
            TakeLock = options.Sharing is { } sharing
                ? () => RingLock.Take(sharing.Place, services.Processes)
                : null,
        };
        IoUringMethod? method = IoUringMethod.TryCreate(
            services, rings, segment, layout.Rings, [FrameArenas.Pool], options.RingKernel, out refusal);
        if (method is null)
            return null;
        storage.Files.Listener = method.Files;
        IoUringReading reading = method.Read();
        Report = new MethodReport(
            options.IoMethod,
            IoMethod.IoUring,
            Joined(options.IoMethod == IoMethod.Auto ? "The kernel permits it." : "as set",
                reading.WhyFewerRings is null ? null : $"Fewer rings than asked for: {reading.WhyFewerRings}")!,
            FixedBuffers: reading.WhyNoFixedBuffers is null,
            FixedFiles: reading.WhyNoFixedFiles is null,
            PlainReason: Joined(
                Named("Buffers", reading.WhyNoFixedBuffers ?? reading.WhyNoFixedScatter),
                Named("Files", reading.WhyNoFixedFiles)));
        return method;
    }

    private static string? Named(string what, string? reason) => reason is null ? null : $"{what}: {reason}";

    private static string? Joined(string? first, string? second) =>
        first is null || second is null ? first ?? second : $"{first}; {second}";

    // Its tags are the bound on what may be in flight; a file system without a block device has none.
    private static BlockDevice? DeviceUnder(string directory) =>
        FileSystemCalls.Status(directory, out FileStatus status) == 0 && status.DeviceMajor != 0
            ? new BlockDevice(status.DeviceMajor, status.DeviceMinor)
            : null;
}
