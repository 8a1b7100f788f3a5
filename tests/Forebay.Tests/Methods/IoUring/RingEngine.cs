using Forebay.Callbacks;
using Forebay.Engine;
using Forebay.Handles;
using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Methods.IoUring;
using Shared;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>
/// An engine over the method io_uring with the record of its device, on the real kernel or on one that a test puts in
/// front. Skips where the kernel refuses.
/// </summary>
internal sealed class RingEngine : IDisposable
{
    public const int FrameBytes = TestEngine.FrameBytes;

    public RingEngine(
        IoUringOptions? options = null,
        IRingKernel? kernel = null,
        int sessions = 8,
        int concurrency = 16,
        int combineMax = 8,
        int frames = 512,
        IHoldPoints? holdPoints = null,
        params IEnumerable<(byte Id, IoCallback Callback)> callbacks)
    {
        RingRefusal? real = RingProbe.Run().Refusal;
        Assert.SkipWhen(real is not null, $"io_uring is refused here: {real}");
        IoUringLayout? region = null;
        IoUringMethod? method = null;
        Test = new TestEngine(
            (services, segment) =>
            {
                Device = segment.Array(region!.Device);
                method = IoUringMethod.TryCreate(
                    services, options ?? new IoUringOptions(), segment, region, [FrameArenas.Pool],
                    kernel ?? RingKernel.Instance, out RingRefusal? refusal);
                Assert.True(method is not null, refusal?.ToString());
                return method;
            },
            layout => region = new IoUringLayout(layout),
            sessions, concurrency, combineMax, frames, holdPoints, callbacks);
        Method = method!;
    }

    public TestEngine Test { get; }

    public IoUringMethod Method { get; }

    public SegmentArray<DeviceQueueRecord> Device { get; private set; }

    public IoSession OpenSession() => Test.OpenSession();

    /// <summary>Starts a read that ends when the test says so.</summary>
    public IoWaitReference StartManual(IoSession session, ManualFile file, int frame, IoReturn? result = null)
    {
        int handle = TestEngine.Describe(session, result, [frame], [TransferCallback.Id]);
        IoWaitReference reference = session.Reference(handle);
        session.Start(
            handle, IoOperation.ReadVector, Test.Target.Lease() with { Descriptor = file.Descriptor }, 0, FrameBytes);
        return reference;
    }

    /// <summary>Transfers whole frames of a file of the caller's, and waits.</summary>
    public IoReturn Run(IoSession session, FileLease file, IoOperation operation, int block, ReadOnlySpan<int> frames)
    {
        IoReturn result = new();
        int handle = TestEngine.Describe(session, result, frames, [TransferCallback.Id]);
        IoWaitReference reference = session.Reference(handle);
        _ = Test.Target.Lease(); // counted: it is given back with the one that is used
        session.Start(handle, operation, file, (long)block * FrameBytes, frames.Length * FrameBytes);
        session.Wait(reference);
        return result;
    }

    /// <summary>Syncs a file of the caller's, and waits.</summary>
    public IoReturn RunSync(IoSession session, FileLease file)
    {
        IoReturn result = new();
        int handle = TestEngine.Describe(session, result, [0], [TransferCallback.Id]);
        IoWaitReference reference = session.Reference(handle);
        _ = Test.Target.Lease();
        session.Start(handle, IoOperation.SyncData, file, 0, 0);
        session.Wait(reference);
        return result;
    }

    public bool IsOver(IoWaitReference reference) =>
        Test.Engine.Handles[reference.Index].Word.IsOver(reference.Generation);

    public void UntilOver(IoWaitReference reference) =>
        Background.Until(() => IsOver(reference), $"the end of handle {reference.Index}");

    /// <summary>Until so many threads sleep in a ring's list.</summary>
    public void UntilListed(int ring, int waiters) =>
        Background.Until(() => Method.ReadRing(ring).Waiters == waiters, $"{waiters} waiters at ring {ring}");

    /// <summary>
    /// Until somebody sleeps in the kernel for a ring: what it carries then completes under that thread.
    /// </summary>
    public void UntilAttended(int ring, long waitCallsBefore) => Background.Until(
        () => Method.ReadRing(ring).WaitCalls > waitCallsBefore, $"somebody who waits in ring {ring}");

    public void Dispose()
    {
        // When the last session is closed nothing holds budget and nothing waits for it.
        Assert.Equal(0, Device[0].InFlight);
        Assert.Equal(0, Device[0].Count);
        Test.Dispose();
    }
}
