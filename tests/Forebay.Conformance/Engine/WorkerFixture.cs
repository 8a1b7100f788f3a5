using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.Worker;

namespace Forebay.Conformance.Engine;

/// <summary>The method <c>worker</c> with its default settings.</summary>
public sealed class WorkerFixture : MethodFixture
{
    private WorkerQueueLayout? _layout;

    public override string Name => "worker";

    internal override void Reserve(SegmentLayout layout) => _layout = new WorkerQueueLayout(layout);

    internal override IIoMethod Create(MethodServices services, SharedSegment segment) =>
        new WorkerMethod(services, segment, _layout!, new WorkerOptions(), TimeProvider.System);
}
