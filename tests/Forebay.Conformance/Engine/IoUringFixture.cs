using Forebay.Interop.IoUring;
using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.IoUring;

namespace Forebay.Conformance.Engine;

/// <summary>The method <c>io_uring</c>, in the given shape.</summary>
internal sealed class IoUringFixture(IoUringOptions options) : MethodFixture
{
    private static readonly Lazy<RingRefusal?> s_refusal = new(static () => RingProbe.Run().Refusal);

    private IoUringLayout? _layout;

    public override string Name => IoUringMethod.MethodName;

    public override string? Refusal => s_refusal.Value?.ToString();

    internal override void Reserve(SegmentLayout layout) => _layout = new IoUringLayout(layout);

    internal override IIoMethod Create(MethodServices services, SharedSegment segment)
    {
        IoUringMethod? method = IoUringMethod.TryCreate(
            services, options, segment, _layout!, [FrameArenas.Pool], out RingRefusal? refusal);
        Assert.True(method is not null, refusal?.ToString());
        return method;
    }
}
