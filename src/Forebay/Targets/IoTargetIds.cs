namespace Forebay.Targets;

/// <summary>
/// The ids that layers of Forebay use, and where users' own begin. An id is part of the shared format.
/// </summary>
public static class IoTargetIds
{
    /// <summary>Relation files.</summary>
    public const byte Relation = 1;

    /// <summary>Write-ahead log files.</summary>
    public const byte Log = 2;

    /// <summary>First id for targets from outside Forebay.</summary>
    public const byte FirstCustom = 8;

    /// <summary>Largest id.</summary>
    public const byte Max = 15;
}
