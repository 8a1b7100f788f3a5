namespace Forebay.Processes;

/// <summary>What a slot of the process table is.</summary>
internal enum ProcessState
{
    /// <summary>Nobody's. Next: Claiming, by a process that attaches.</summary>
    Free = 0,

    /// <summary>
    /// Being filled in by a process that attaches. Next: Live; or Claiming by the next one, if that one dies over it.
    /// </summary>
    Claiming = 1,

    /// <summary>A process is attached. Next: Free, when it leaves; Recovering, when it was found dead.</summary>
    Live = 2,

    /// <summary>
    /// Its process is dead and another one takes its things back. Next: Free; or Recovering by somebody else, if that
    /// one dies as well.
    /// </summary>
    Recovering = 3,
}
