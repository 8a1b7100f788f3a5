using Forebay.Handles;
using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.IoUring;
using Forebay.Storage;
using Forebay.Tests.Support;

namespace Forebay.Tests.Methods.IoUring;

/// <summary>Storage over io_uring, with the file table followed by the method as an instance has it.</summary>
internal sealed class RingStorage : IDisposable
{
    private readonly SharedSegment _segment;

    public RingStorage(
        StorageOptions storage, IoUringOptions options, IRingKernel kernel, IHoldPoints? holdPoints = null)
    {
        RingRefusal? real = RingProbe.Run().Refusal;
        Assert.SkipWhen(real is not null, $"io_uring is refused here: {real}");
        SegmentLayout layout = new();
        IoUringLayout region = new(layout);
        _segment = new SharedSegment(layout, hugePages: false);
        IoUringMethod? method = null;
        Bench = new EngineFixture(storage, Create, holdPoints);
        Method = method!;
        Bench.Storage.Files.Listener = Method.Files;

        IIoMethod Create(MethodServices services)
        {
            method = IoUringMethod.TryCreate(
                services, options, _segment, region, [FrameArenas.Pool], kernel, out RingRefusal? refusal);
            Assert.True(method is not null, refusal?.ToString());
            return method;
        }
    }

    public EngineFixture Bench { get; }

    public IoUringMethod Method { get; }

    public void Dispose()
    {
        Bench.Dispose();
        _segment.Dispose();
    }
}
