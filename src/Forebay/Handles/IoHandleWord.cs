using System.Runtime.CompilerServices;

namespace Forebay.Handles;

/// <summary>
/// One reading of a handle's word: state in the low 8 bits; in the next 8, while it is Submitted or CompletedIo, the
/// process slot plus one of who claimed it; generation in the other 48.
/// </summary>
/// <param name="Raw">The word.</param>
internal readonly record struct IoHandleWord(long Raw)
{
    /// <summary>Bits below the generation.</summary>
    public const int GenerationShift = 16;

    /// <summary>Bits below the claimer.</summary>
    public const int ClaimerShift = 8;

    /// <summary>The state.</summary>
    public IoHandleState State => (IoHandleState)(byte)Raw;

    /// <summary>The use that the state belongs to.</summary>
    public long Generation => Raw >>> GenerationShift;

    /// <summary>Process slot plus one of who claimed it for submission, in the same step; 0 = nobody.</summary>
    public int Claimer => (byte)(Raw >> ClaimerShift);

    /// <summary>Whether the I/O of the given use is over for everybody but its issuer.</summary>
    public bool IsOver(long generation) => Generation != generation || State >= IoHandleState.CompletedShared;

    /// <summary>Whether the state machine has the edge.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // with the edge in sight, nothing of it is left
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

    /// <summary>
    /// Whether a sleeping waiter has something to do after the move: a staged operation can be claimed, the other two
    /// end the wait. The moves between them would only wake everybody to sleep again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ConcernsWaiters(IoHandleState from, IoHandleState to) => to switch
    {
        IoHandleState.HandedOut => false,
        IoHandleState.Defined => false,
        IoHandleState.Staged => true,
        IoHandleState.Submitted => false, // the engine signals when the method has it: TryClaim is silent
        IoHandleState.CompletedIo => false,
        IoHandleState.CompletedShared => true,
        IoHandleState.CompletedLocal => false, // whoever waited left at CompletedShared
        IoHandleState.Idle => from == IoHandleState.HandedOut, // released unused
        _ => false,
    };

    /// <summary>
    /// Whether the edge is its owner's alone, the session's that has the handle: then nobody can come in between. The
    /// others are taken by whoever comes first, or end a wait.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsUncontested(IoHandleState from, IoHandleState to) => to switch
    {
        IoHandleState.HandedOut => true,
        IoHandleState.Defined => true,
        IoHandleState.Staged => false,
        IoHandleState.Submitted => false,
        IoHandleState.CompletedIo => false, // one result per operation, whoever brings it
        IoHandleState.CompletedShared => false,
        IoHandleState.CompletedLocal => true,
        IoHandleState.Idle => from == IoHandleState.CompletedLocal,
        _ => false,
    };
}
