using Forebay.Memory;
using Forebay.Methods;
using Shared;

namespace Forebay.Conformance.Engine;

/// <summary>The tests' own method, which moves nothing unless somebody helps: the hardest case for waiters.</summary>
public sealed class HeldFixture : MethodFixture
{
    public override string Name => "held";

    public override bool ExecutesInHelper => true;

    internal override IIoMethod Create(MethodServices services, SharedSegment segment) => new HeldMethod(services);
}
