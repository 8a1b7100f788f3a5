using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Forebay.Memory;
using Forebay.Primitives;

namespace Forebay.Handles;

/// <summary>
/// One operation, in two cache lines of shared memory. State and generation share one word, so that a waiter reads
/// both at once and a reused handle is never mistaken; <see cref="Transition"/> is the only writer of that word.
/// Every other field is written by the party that may make the next move, before it makes it: the owner until
/// Staged, the claimer at Submitted, the completer at CompletedIo, the owner again afterwards.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct IoHandle
{
    private const long ClaimerMask = 0xFFL << IoHandleWord.ClaimerShift;

    private long _word;
    private WaitWord _wait;

    /// <summary>Session slot that owns this handle for ever.</summary>
    public int Owner;

    /// <summary>
    /// Where the method put it (a ring), in the method's own numbering from 1; 0 = not with the method yet. A method
    /// that needs help sets it (one from outside by IoMethodHost.Announce), with release, before the operation can
    /// complete and before its Submit returns, and never takes it back: who waits helps at once where he finds a lane,
    /// and sleeps until Submit has returned where he finds none.
    /// </summary>
    public int Lane;

    /// <summary>Bytes transferred or -errno; meaningful from CompletedIo on.</summary>
    public int RawResult;

    /// <summary>Outcome after the shared hooks; meaningful from CompletedShared on.</summary>
    public IoResult Distilled;

    /// <summary>What is done.</summary>
    public IoOperation Operation;

    /// <summary>Target id.</summary>
    public byte TargetId;

    /// <summary>Flags, only added while handed out.</summary>
    public IoHandleFlags Flags;

    /// <summary>Number of callbacks registered.</summary>
    public byte CallbackCount;

    /// <summary>The callbacks, outermost first.</summary>
    public IoCallbackList Callbacks;

    /// <summary>Frame arena of the memory.</summary>
    public ushort Arena;

    /// <summary>Frames of the transfer.</summary>
    public byte FrameCount;

    /// <summary>Data words set, 0 = none.</summary>
    public byte DataLength;

    /// <summary>How often a transient result made it go again.</summary>
    public ushort Retries;

    /// <summary>For what it is counted (<see cref="Telemetry.IoPurpose"/>), set while handed out.</summary>
    public byte Purpose;

    /// <summary>
    /// Process slot plus one of the process that executes it, whose the open file is; set by who claims it, or by the
    /// worker who takes it. 0 = nobody yet, or it waits in the workers' queue.
    /// </summary>
    public byte Executor;

    /// <summary>Owner's list link: next idle, or next younger in flight; index plus one, 0 = none.</summary>
    public int Next;

    /// <summary>Owner's list link: next older in flight; index plus one, 0 = none.</summary>
    public int Previous;

    /// <summary>Link of a method's queue; index plus one, 0 = none.</summary>
    public int QueueNext;

    /// <summary>Byte offset in the file.</summary>
    public long Offset;

    /// <summary>
    /// Timestamp of the submission, in Stopwatch ticks; 0 = not submitted, or just about to be; below 0 once the raw
    /// result is in: how long it took, negated.
    /// </summary>
    public long SubmittedAt;

    /// <summary>The open file in the executing process.</summary>
    public FileLease File;

    /// <summary>Bytes to transfer.</summary>
    public int Length;

    /// <summary>What it is done to.</summary>
    public IoTargetData Target;

    /// <summary>State and generation as one reading; everything published before that state is visible.</summary>
    public readonly IoHandleWord Word
    {
        // Acquire: fields that the mover wrote before its transition are read after this, so they are at least as new.
        get => new(Volatile.Read(in _word));
    }

    /// <summary>The state alone; for the party that may move it.</summary>
    public readonly IoHandleState State => Word.State;

    /// <summary>The wait word beside the state.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public ref WaitWord Wait => ref _wait;

    /// <summary>
    /// Moves the handle along an edge the caller knows to be its own to take; a wrong belief is fatal.
    /// </summary>
    /// <returns>
    /// Whether waiters were signalled (asynchronous ones are the engine's to wake). Nobody is signalled for a move that
    /// gives a waiter nothing to do.
    /// </returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // its edges are constants: the tables fold away
    public bool Transition(IoHandleState from, IoHandleState to)
    {
        Invariant.Check(IoHandleWord.IsEdge(from, to), "I-03: this edge of the state machine does not exist", to, from);
        IoHandleWord seen = Word;
        Invariant.Check(seen.State == from, "I-04: a handle is not in the expected state", seen.State, from);
        if (IoHandleWord.IsUncontested(from, to))
        {
            // Release: what the owner wrote is visible with the new state. Nobody sleeps for this move.
            Volatile.Write(ref _word, WordAfter(seen, to));

            // What the owner writes next stays behind it: a viewer that copies the fields and finds the word unchanged
            // has them all from before.
            Volatile.WriteBarrier();
            return false;
        }

        Invariant.Check(TryMove(seen, to), "I-05: two parties moved one handle", Word.State, from);
        return IoHandleWord.ConcernsWaiters(from, to) && _wait.Signal();
    }

    /// <summary>Claims a staged handle of the given use for submission; false = somebody else has moved it.</summary>
    /// <param name="generation">The use.</param>
    /// <param name="processSlot">The caller's process slot: whose death would strand it from here on.</param>
    public bool TryClaim(long generation, int processSlot = 0)
    {
        IoHandleWord seen = Word;
        if (seen.State != IoHandleState.Staged || seen.Generation != generation)
            return false;
        long claimed = WordAfter(seen, IoHandleState.Submitted) | (long)(processSlot + 1) << IoHandleWord.ClaimerShift;

        // Full fence: as in TryMove. Who has it is in the word in the same step.
        return Interlocked.CompareExchange(ref _word, claimed, seen.Raw) == seen.Raw;
    }

    /// <summary>
    /// Ends a use whose owner is dead, wherever it stood, unless somebody moves it at this moment. Waiters are
    /// signalled.
    /// </summary>
    /// <returns>False if it was moved.</returns>
    public bool TryEnd(IoHandleWord seen)
    {
        if (!TryMove(seen, IoHandleState.Idle))
            return false;
        _wait.Signal();
        return true;
    }

    /// <summary>A submitted operation whose executor is dead gets another claimer; false = somebody moves it.</summary>
    public bool TryReclaim(IoHandleWord seen, int processSlot) =>
        // Full fence: what the new claimer writes to the handle comes after it is his.
        seen.State == IoHandleState.Submitted && Interlocked.CompareExchange(ref _word,
            WordAfter(seen, IoHandleState.Submitted) | (long)(processSlot + 1) << IoHandleWord.ClaimerShift,
            seen.Raw) == seen.Raw;

    private bool TryMove(IoHandleWord seen, IoHandleState to)
    {
        // Full fence: all fields written before are visible with the new state, and the reading of the waiters' count
        // that follows cannot move ahead of it.
        return Interlocked.CompareExchange(ref _word, WordAfter(seen, to), seen.Raw) == seen.Raw;
    }

    // Leaving for Idle ends this use: the generation moves in the same store, so nobody with a valid reference ever
    // sees Idle for it.
    private static long WordAfter(IoHandleWord seen, IoHandleState to) =>
        ((seen.Generation + (to == IoHandleState.Idle ? 1 : 0)) << IoHandleWord.GenerationShift)
            | (to == IoHandleState.CompletedIo ? seen.Raw & ClaimerMask : 0) | (byte)to;
}
