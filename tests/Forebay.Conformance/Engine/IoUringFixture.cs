using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.IoUring;

namespace Forebay.Conformance.Engine;

/// <summary>The method <c>io_uring</c>, in the given shape.</summary>
internal sealed class IoUringFixture(IoUringOptions options) : MethodFixture
{
    private static readonly Lazy<RingRefusal?> s_refusal = new(static () => RingProbe.Run().Refusal);

    public override string Name => IoUringMethod.MethodName;

    public override string? Refusal => s_refusal.Value?.ToString();

    internal override IIoMethod Create(MethodServices services)
    {
        // The device's record outlives the method, as the instance's segment does; it ends with the process.
        SegmentLayout layout = new();
        IoUringLayout region = new(layout);
        SharedSegment segment = new(layout, hugePages: false);
        IoUringMethod? method = IoUringMethod.TryCreate(
            services, options, segment, region, [FrameArenas.Pool], out RingRefusal? refusal);
        Assert.True(method is not null, refusal?.ToString());
        return method;
    }
}
