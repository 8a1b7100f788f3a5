namespace Forebay.Handles;

/// <summary>
/// Where an operation is. Linear: each state has the next as its successor; two of them may also fall back to
/// <see cref="Idle"/>. The table with drawing is docs/state-machine.md; <see cref="IoHandle.Transition"/> is the door.
/// </summary>
public enum IoHandleState : byte
{
    /// <summary>Unused, on its session's idle list. Next: HandedOut, by the session that owns it.</summary>
    Idle = 0,

    /// <summary>
    /// Being described by its session, on no list; wait references may already be published. Next: Defined when the
    /// operation is started, Idle when it is released unused.
    /// </summary>
    HandedOut = 1,

    /// <summary>Described completely; stage hooks are running in the session. Next: Staged.</summary>
    Defined = 2,

    /// <summary>
    /// Ready, on its session's in-flight list. Next: Submitted, by whoever claims it first: the session, or a waiter
    /// that will not wait for a session which may be busy for long.
    /// </summary>
    Staged = 3,

    /// <summary>With the method or the kernel. Next: CompletedIo, by the one who brings the raw result.</summary>
    Submitted = 4,

    /// <summary>
    /// Raw result known; shared hooks are running in the completer, any thread. Next: CompletedShared.
    /// </summary>
    CompletedIo = 5,

    /// <summary>Done for everybody but the issuer. Next: CompletedLocal, by the owning session only.</summary>
    CompletedShared = 6,

    /// <summary>Local hooks have run in the owning session. Next: Idle, with a new generation.</summary>
    CompletedLocal = 7,
}
