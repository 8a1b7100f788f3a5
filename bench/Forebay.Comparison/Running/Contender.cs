using Forebay.Comparison.Records;

namespace Forebay.Comparison.Running;

/// <summary>Somebody who does a piece of work in a way that can be compared with the others.</summary>
internal abstract class Contender
{
    public const int PageBytes = 8192;

    public abstract string Name { get; }

    /// <summary>Why it cannot run here; null = it can. A missing peer is named in the report.</summary>
    public virtual string? Missing => null;

    /// <summary>Whether a run is needed beforehand that does not count: code that is compiled while it runs.</summary>
    public virtual bool NeedsWarmUp => true;

    /// <summary>Does the work: for about the turn's time, or once if it has an end.</summary>
    public abstract Measurement Run(Turn turn);
}
