using Forebay.Memory;
using Forebay.Methods;

namespace Forebay.Conformance.Engine;

/// <summary>A method under test. A new one is one class of a few lines here, and one per suite that it runs.</summary>
public abstract class MethodFixture
{
    /// <summary>The setting's word for the method.</summary>
    public abstract string Name { get; }

    /// <summary>Why this machine cannot run it; null if it can.</summary>
    public virtual string? Refusal => null;

    /// <summary>Whether a helper may execute operations, so that a hold point may catch the helper.</summary>
    public virtual bool ExecutesInHelper => false;

    /// <summary>Reserves what the method keeps in the segment, if anything.</summary>
    internal virtual void Reserve(SegmentLayout layout)
    {
    }

    /// <summary>Starts the method for one engine.</summary>
    internal abstract IIoMethod Create(MethodServices services, SharedSegment segment);
}
