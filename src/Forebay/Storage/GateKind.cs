namespace Forebay.Storage;

/// <summary>What is done to a fork under one of its gates. Each kind has its own: none is entered twice.</summary>
internal enum GateKind
{
    /// <summary>A page is added at the end, or pages are forgotten before the fork is cut. Outermost.</summary>
    Extend = 0,

    /// <summary>Its files grow, shrink or are removed.</summary>
    Size = 1,

    /// <summary>The names of its files are made durable.</summary>
    Names = 2,
}
