namespace Forebay.Processes;

/// <summary>What is known of the rings of a process, in its slot.</summary>
internal enum RingLockState
{
    /// <summary>It has none, or has submitted nothing to them yet.</summary>
    None = 0,

    /// <summary>They hold its lock (<see cref="RingLock"/>). Next: Over, once it is dead and they are gone.</summary>
    Held = 1,

    /// <summary>It is dead, and its rings are gone.</summary>
    Over = 2,
}
