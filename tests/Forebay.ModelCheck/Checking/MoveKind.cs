namespace Forebay.ModelCheck.Checking;

/// <summary>What may happen to a thread.</summary>
internal enum MoveKind
{
    /// <summary>It takes its next step.</summary>
    Step,

    /// <summary>A store of it reaches the others.</summary>
    Store,

    /// <summary>It dies.</summary>
    Die,
}
