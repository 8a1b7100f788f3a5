namespace Forebay.Takeover;

/// <summary>How far a takeover has come.</summary>
internal enum TakeoverState
{
    /// <summary>All that the dead process had is given back; its slot may be used again.</summary>
    Finished,

    /// <summary>
    /// Something has to be looked at once more: an operation of the dead process that somebody else executes, or a
    /// frame of which a claim was just moving.
    /// </summary>
    Unfinished,

    /// <summary>
    /// All is given back except what operations in the dead process's rings hold: those may not be over yet.
    /// </summary>
    AwaitingRings,

    /// <summary>A page cannot be proven whole: the instance has to stop.</summary>
    MustStop,
}
