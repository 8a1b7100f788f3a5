using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Targets;

namespace Forebay.Microbenchmarks.Engines;

/// <summary>An engine, one session, and nothing behind them: what handles cost by themselves.</summary>
internal sealed class BenchEngine : IDisposable
{
    public const int FrameBytes = 8192;
    private const int Frames = 64;
    private const int Concurrency = 64;

    private static readonly int[] s_frame = [0];

    private readonly SharedSegment _segment;

    public BenchEngine(
        Func<MethodServices, SharedSegment, IIoMethod> createMethod, Action<SegmentLayout>? reserve = null)
    {
        SegmentLayout layout = new();
        IoEngineLayout engineLayout = new(layout, new IoEngineSettings(Sessions: 2, Concurrency, CombineMax: 16));
        SegmentRegion<byte> region = layout.Reserve<byte>(Frames * FrameBytes, FrameBytes);
        reserve?.Invoke(layout);
        _segment = new SharedSegment(layout, hugePages: false);
        FrameArenas arenas = new();
        arenas.SetPool(new FrameArena(_segment.Array(region).AddressOf(0), FrameBytes, Frames));
        IoTargetRegistry targets = new();
        targets.Register(NullTarget.Id, new NullTarget());
        IoCallbackRegistry callbacks = new();
        callbacks.Register(NullCallback.Id, new NullCallback());
        Engine = new IoEngine(
            _segment, engineLayout, callbacks, targets, arenas, services => createMethod(services, _segment));
        Session = Engine.OpenSession();
    }

    public IoEngine Engine { get; }

    public IoSession Session { get; }

    /// <summary>Acquires, describes and starts a read of one frame.</summary>
    public IoWaitReference StartRead()
    {
        int handle = Session.Acquire(null);
        Session.SetTarget(handle, NullTarget.Id, default);
        Session.SetFrames(handle, FrameArenas.Pool, s_frame);
        Session.AddCallback(handle, NullCallback.Id);
        IoWaitReference reference = Session.Reference(handle);
        Session.Start(handle, IoOperation.ReadVector, NullTarget.Lease, 0, FrameBytes);
        return reference;
    }

    public void Dispose()
    {
        Session.Dispose();
        Engine.Dispose();
        _segment.Dispose();
    }
}
