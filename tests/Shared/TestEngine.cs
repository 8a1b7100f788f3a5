using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.Synchronous;
using Forebay.Targets;

namespace Shared;

/// <summary>
/// An engine over a segment of its own, one temporary file, one arena of frames, and callbacks by id. Dispose checks
/// what must hold at every end: no lease out, every handle idle, nobody registered as a waiter.
/// </summary>
internal sealed class TestEngine : IDisposable
{
    public const int FrameBytes = 4096;
    public const int FileFrames = 64;

    private readonly SharedSegment _segment;
    private readonly SegmentArray<byte> _frames;

    public TestEngine(
        Func<MethodServices, SharedSegment, IIoMethod>? createMethod = null,
        Action<SegmentLayout>? reserve = null,
        int sessions = 4,
        int concurrency = 8,
        int combineMax = 8,
        int frames = 256,
        IHoldPoints? holdPoints = null,
        params IEnumerable<(byte Id, IoCallback Callback)> callbacks)
    {
        SegmentLayout layout = new();
        IoEngineLayout engineLayout = new(layout, new IoEngineSettings(sessions, concurrency, combineMax));
        SegmentRegion<byte> region = layout.Reserve<byte>(frames * FrameBytes, FrameBytes);
        reserve?.Invoke(layout);
        _segment = new SharedSegment(layout, hugePages: false);
        _frames = _segment.Array(region);
        FrameArenas arenas = new();
        arenas.SetPool(new FrameArena(_frames.AddressOf(0), FrameBytes, frames));
        File = new TestFile(FileFrames * FrameBytes);
        Target = new TestTarget(File);
        IoTargetRegistry targets = new();
        targets.Register(TestTarget.Id, Target);
        IoCallbackRegistry registry = new();
        registry.Register(TransferCallback.Id, Transfers);
        foreach ((byte id, IoCallback callback) in callbacks)
            registry.Register(id, callback);
        createMethod ??= static (_, _) => new SynchronousMethod();
        Engine = new IoEngine(_segment, engineLayout, registry, targets, arenas,
            services => createMethod(services, _segment), holdPoints);
    }

    public IoEngine Engine { get; }

    public TestFile File { get; }

    public TestTarget Target { get; }

    public TransferCallback Transfers { get; } = new();

    /// <summary>The method, where the test knows it to be held.</summary>
    public HeldMethod Held => (HeldMethod)Engine.Method;

    public IoSession OpenSession() => Engine.OpenSession();

    public Span<byte> Frame(int frame) => Engine.Arenas.Frame(FrameArenas.Pool, frame);

    /// <summary>Acquires and describes; the handle is left handed out.</summary>
    public static int Describe(
        IoSession session,
        IoReturn? result,
        ReadOnlySpan<int> frames,
        ReadOnlySpan<byte> callbacks)
    {
        int handle = session.Acquire(result);
        IoTargetData data = default;
        data[0] = (uint)handle;
        session.SetTarget(handle, TestTarget.Id, data);
        session.SetFrames(handle, FrameArenas.Pool, frames);
        foreach (byte callback in callbacks)
            session.AddCallback(handle, callback);
        return handle;
    }

    /// <summary>Starts a transfer of whole frames at a frame-sized block of the file.</summary>
    public IoWaitReference Start(
        IoSession session,
        IoReturn? result,
        IoOperation operation,
        int block,
        ReadOnlySpan<int> frames,
        IoHandleFlags flags = IoHandleFlags.None,
        bool direct = false)
    {
        int handle = Describe(session, result, frames, [TransferCallback.Id]);
        if (flags != IoHandleFlags.None)
            session.AddFlags(handle, flags);
        IoWaitReference reference = session.Reference(handle);
        session.Start(handle, operation, Target.Lease(direct), (long)block * FrameBytes, frames.Length * FrameBytes);
        return reference;
    }

    /// <summary>Starts a read of one block into one frame.</summary>
    public IoWaitReference StartRead(IoSession session, int block, int frame, IoReturn? result = null) =>
        Start(session, result, IoOperation.ReadVector, block, [frame]);

    /// <summary>Whether a frame holds exactly a block of the untouched file.</summary>
    public bool Holds(int frame, int block)
    {
        Span<byte> bytes = Frame(frame);
        for (int i = 0; i < FrameBytes; i++)
        {
            if (bytes[i] != TestFile.At((long)block * FrameBytes + i))
                return false;
        }

        return true;
    }

    public IoHandleState StateOf(int handle) => Engine.Handles[handle].State;

    public int WaitersOf(int handle) => Engine.Handles[handle].Wait.Waiters;

    public void UntilWaiting(int handle, int waiters) =>
        Background.Until(() => WaitersOf(handle) == waiters, $"{waiters} waiters on handle {handle}");

    /// <summary>
    /// Gives file and memory back after a broken invariant: the real process would not have lived on, so nothing is
    /// claimed about the state.
    /// </summary>
    public void Abandon()
    {
        File.Dispose();
        _segment.Dispose();
    }

    public void Dispose()
    {
        Engine.Dispose();
        Assert.Equal(0, Target.Leased);
        for (int handle = 0; handle < Engine.Handles.Count; handle++)
        {
            Assert.Equal(IoHandleState.Idle, StateOf(handle));
            Assert.Equal(0, WaitersOf(handle));
        }

        File.Dispose();
        _segment.Dispose();
    }
}
