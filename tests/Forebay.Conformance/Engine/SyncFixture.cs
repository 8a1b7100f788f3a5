using Forebay.Memory;
using Forebay.Methods;
using Forebay.Methods.Synchronous;

namespace Forebay.Conformance.Engine;

/// <summary>The method <c>sync</c>.</summary>
public sealed class SyncFixture : MethodFixture
{
    public override string Name => "sync";

    internal override IIoMethod Create(MethodServices services, SharedSegment segment) => new SynchronousMethod();
}
