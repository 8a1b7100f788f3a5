namespace Forebay.Handles;

/// <summary>One reading of a handle's word: state in the low 8 bits, generation in the other 56.</summary>
/// <param name="Raw">The word.</param>
internal readonly record struct IoHandleWord(long Raw)
{
    /// <summary>The state.</summary>
    public IoHandleState State => (IoHandleState)(byte)Raw;

    /// <summary>The use that the state belongs to.</summary>
    public long Generation => Raw >>> 8;

    /// <summary>Whether the I/O of the given use is over for everybody but its issuer.</summary>
    public bool IsOver(long generation) => Generation != generation || State >= IoHandleState.CompletedShared;

    /// <summary>Whether the state machine has the edge.</summary>
    public static bool IsEdge(IoHandleState from, IoHandleState to) => from switch
    {
        IoHandleState.Idle => to == IoHandleState.HandedOut,
        IoHandleState.HandedOut => to is IoHandleState.Defined or IoHandleState.Idle,
        IoHandleState.Defined => to == IoHandleState.Staged,
        IoHandleState.Staged => to == IoHandleState.Submitted,
        IoHandleState.Submitted => to == IoHandleState.CompletedIo,
        IoHandleState.CompletedIo => to == IoHandleState.CompletedShared,
        IoHandleState.CompletedShared => to == IoHandleState.CompletedLocal,
        IoHandleState.CompletedLocal => to == IoHandleState.Idle,
        _ => false,
    };
}
