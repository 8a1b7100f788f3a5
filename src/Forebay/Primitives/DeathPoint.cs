namespace Forebay.Primitives;

/// <summary>
/// A step after which a process of a shared instance may be dead. Each of them is tried: a test has a process die
/// there, and looks at what those find who live on.
/// </summary>
internal enum DeathPoint
{
    // The mapping of pages to frames.
    /// <summary>A page is being looked for under the lock of its partition.</summary>
    LookedUpLocked,

    /// <summary>A page is being given a frame: the lock is taken, nothing is changed yet.</summary>
    MappingLocked,

    /// <summary>The frame has the page's tag, which is not valid yet.</summary>
    TagWritten,

    /// <summary>The tag is valid; the frame is in no bucket.</summary>
    TagMadeValid,

    /// <summary>The frame leads to the next one in its bucket; the bucket does not lead to it.</summary>
    LinkedToNext,

    /// <summary>The frame is in its bucket; the lock is still held.</summary>
    Mapped,

    /// <summary>The frame is mapped and the lock free; the pin is not in the ledger.</summary>
    Adopted,

    /// <summary>A frame is to forget its page: the lock is taken.</summary>
    ForgetLocked,

    /// <summary>The tag is not valid any more; the frame is still in its bucket.</summary>
    TagMadeInvalid,

    /// <summary>The frame is out of its bucket; the lock is still held.</summary>
    Unmapped,

    // Pins, from the frame reached for to the ledger and back.
    /// <summary>A page that is there is reached for, on the short way.</summary>
    HitReached,

    /// <summary>It has a pin that is in no ledger.</summary>
    HitPinned,

    /// <summary>The pin is in the ledger, and the frame still reached for.</summary>
    HitNoted,

    /// <summary>A page is reached for, on the long way.</summary>
    PinReached,

    /// <summary>It has a pin that is claimed nowhere but as reached for.</summary>
    PinTaken,

    /// <summary>A victim is reached for.</summary>
    VictimReached,

    /// <summary>It has a pin that is claimed nowhere but as reached for.</summary>
    VictimPinned,

    /// <summary>A pin is among the claims, and its frame still reached for.</summary>
    PinClaimedAndReached,

    /// <summary>A pin is in the ledger and among the claims.</summary>
    PinInLedgerAndClaims,

    /// <summary>A pin is given back and still in the ledger.</summary>
    UnpinnedInLedger,

    /// <summary>A pin is given back and out of the ledger; its frame is still reached for.</summary>
    UnpinnedReached,

    /// <summary>A pin is given back and still among the claims.</summary>
    PinLet,

    // Content locks: the three modes of each follow each other.
    /// <summary>The lock is among the claims, and not tried yet.</summary>
    LockClaimedShared,

    /// <summary>As above.</summary>
    LockClaimedShareExclusive,

    /// <summary>As above.</summary>
    LockClaimedExclusive,

    /// <summary>The lock is taken.</summary>
    LockedShared,

    /// <summary>As above.</summary>
    LockedShareExclusive,

    /// <summary>As above.</summary>
    LockedExclusive,

    /// <summary>The lock is given back, and still among the claims.</summary>
    UnlockedShared,

    /// <summary>As above.</summary>
    UnlockedShareExclusive,

    /// <summary>As above.</summary>
    UnlockedExclusive,

    /// <summary>Half of the page is changed under the exclusive lock; reached by who changes pages.</summary>
    PageHalfChanged,

    /// <summary>The page is changed and dirty; the exclusive lock is held.</summary>
    MarkedDirty,

    /// <summary>The exclusive lock is about to be given back.</summary>
    LeavingExclusive,

    // Handles.
    /// <summary>A handle is handed out.</summary>
    HandedOut,

    /// <summary>A page is claimed for being read by a handle that is handed out.</summary>
    ReadClaimed,

    /// <summary>The operation is defined; no stage hook has run.</summary>
    Defined,

    /// <summary>The stage hooks have run: the operation has pins of its own.</summary>
    StageHooksRun,

    /// <summary>It is staged: anybody may submit it.</summary>
    Staged,

    /// <summary>It is staged, to be executed at once.</summary>
    StagedInPlace,

    /// <summary>It is claimed; nobody is named as its executor.</summary>
    SubmissionClaimed,

    /// <summary>Its executor is named.</summary>
    Submitted,

    /// <summary>The method has it; who waited for that is not told.</summary>
    MethodHasIt,

    /// <summary>Its file is open in the executing process; nothing is transferred.</summary>
    FileOpened,

    /// <summary>Its raw result is in the handle, which does not say so yet.</summary>
    RawResultWritten,

    /// <summary>The raw result is said; no hook has run.</summary>
    CompletedIo,

    /// <summary>The read of one of its pages has ended; others follow.</summary>
    ReadEnded,

    /// <summary>The write of one of its pages has ended; the page is still locked and pinned.</summary>
    WriteEnded,

    /// <summary>That page is unlocked, and still pinned.</summary>
    WriteUnlocked,

    /// <summary>That page is dealt with; others may follow.</summary>
    WriteUnpinned,

    /// <summary>All hooks have run; that it is completed is not said.</summary>
    SharedHooksRun,

    /// <summary>It is completed for all but its issuer.</summary>
    CompletedShared,

    /// <summary>Its issuer has seen its result; the handle is not idle.</summary>
    CompletedLocal,

    /// <summary>The handle is idle; its fields are of the last use.</summary>
    IdleUnemptied,

    // Sessions.
    /// <summary>A session's slot is taken; nothing is in it.</summary>
    SessionSlotTaken,

    /// <summary>The session is there, and counts in nobody's share of the pool.</summary>
    SessionOpened,

    /// <summary>How many sessions its process has is changed, their sum over all processes is not.</summary>
    ShareChanged,

    /// <summary>It does not count any more; its slot is still taken.</summary>
    SessionUncounted,

    /// <summary>Its slot is free.</summary>
    SessionSlotFree,

    // The workers' queue.
    /// <summary>Operations are to be put: the queue's lock is taken.</summary>
    QueueLocked,

    /// <summary>They are in the ring; its end does not say so.</summary>
    QueuePlaced,

    /// <summary>They are queued, and the lock still held.</summary>
    Queued,

    /// <summary>The lock is given back; the worker that was picked sleeps.</summary>
    QueuedUnroused,

    /// <summary>A worker has noted the operation that it is about to take.</summary>
    WorkerNamed,

    /// <summary>The operation is out of the ring; no executor is named.</summary>
    WorkerHeadMoved,

    /// <summary>The executor is named; the lock is still held.</summary>
    WorkerTook,

    /// <summary>A worker is about to execute its operation.</summary>
    WorkerExecutes,

    /// <summary>As above: one that another process has submitted.</summary>
    WorkerExecutesForAnother,

    /// <summary>An id is reserved for a worker that is nobody's yet.</summary>
    WorkerReserved,

    /// <summary>A worker says that it runs, and holds the lock.</summary>
    WorkerRegistered,

    /// <summary>A worker counts as idle, and holds the lock.</summary>
    WorkerFellIdle,

    // Rings.
    /// <summary>The file is locked that rings are to hold; none has it.</summary>
    RingFileLocked,

    /// <summary>All rings hold it, which is said; the own descriptor is still open.</summary>
    RingFileSaid,

    /// <summary>Entries are filled that the kernel has not seen.</summary>
    RingFilled,

    /// <summary>The kernel has them; the submitter's role is still held.</summary>
    RingEntered,

    /// <summary>Completions are taken out and not completed.</summary>
    RingDrained,

    /// <summary>The rings are closed; their file is still there.</summary>
    RingsClosed,

    // Flush and write-back.
    /// <summary>A run of dirty pages is pinned and locked share-exclusively.</summary>
    FlushGathered,

    /// <summary>A dirty victim is pinned and locked share-exclusively.</summary>
    VictimLocked,

    /// <summary>Its pages are claimed for being written by a handle that is handed out.</summary>
    WriteClaimed,

    /// <summary>The operation has the locks, or has given them back.</summary>
    WriteLocksHandedOn,

    // Growing, cutting, dropping.
    /// <summary>A fork is to grow: the gate is held, its size known.</summary>
    GrowthGateHeld,

    /// <summary>The new page has a frame; the file is as long as before.</summary>
    GrowthMapped,

    /// <summary>The frame is locked exclusively and in progress; the file is as long as before.</summary>
    GrowthClaimed,

    /// <summary>The gate of the file's size is held as well.</summary>
    SizeGateHeld,

    /// <summary>The file has grown; both gates are held.</summary>
    SegmentGrown,

    /// <summary>The gate of its size is free; the page is not valid.</summary>
    GrowthFileGrown,

    /// <summary>The page is zeros, and not valid.</summary>
    GrowthZeroed,

    /// <summary>The page is valid, dirty and locked; the gate is held.</summary>
    GrowthValid,

    /// <summary>Pages are forgotten whose file is as long as before.</summary>
    CutForgotten,

    /// <summary>A segment file is about to be cut.</summary>
    SegmentToBeCut,

    /// <summary>Files are cut; others have not been told.</summary>
    CutNotSaid,

    /// <summary>All pages of a fork are forgotten; its files are there.</summary>
    DropForgotten,

    /// <summary>A segment file of a fork that is dropped is gone.</summary>
    SegmentUnlinked,

    /// <summary>All of them are gone; others have not been told.</summary>
    UnlinkNotSaid,

    /// <summary>A fork is made; others have not been told.</summary>
    CreatedNotSaid,

    /// <summary>Folders are about to be made durable.</summary>
    NamesGateHeld,

    // Attaching and leaving.
    /// <summary>The lock of the place is held.</summary>
    PlaceLocked,

    /// <summary>The segment is mapped; a new one has no header yet.</summary>
    SegmentMapped,

    /// <summary>A process slot is being claimed.</summary>
    SlotClaiming,

    /// <summary>It says who claims it, and is not live.</summary>
    SlotFilled,

    /// <summary>It is live; nothing else is there.</summary>
    SlotLive,

    /// <summary>All is there; the lock of the place is held.</summary>
    AttachedUnsettled,

    /// <summary>As above, at the last moment.</summary>
    SegmentNotReady,

    /// <summary>A process has nothing open any more, and its slot is live.</summary>
    LeavingSlot,

    /// <summary>Its slot is free; the segment is mapped.</summary>
    SlotLeft,

    /// <summary>The segment is not mapped any more, and still locked.</summary>
    LeavingSegment,

    // Taking over from a process that has died before.
    /// <summary>The gate is held.</summary>
    TakeoverGateHeld,

    /// <summary>The slot of the dead says that it is being taken over.</summary>
    TakeoverSaid,

    /// <summary>What the dead one had named is collected.</summary>
    TakeoverNamed,

    /// <summary>What another one had frozen is thawed.</summary>
    TakeoverThawed,

    /// <summary>A lock of the mapping is taken over; nothing is repaired.</summary>
    TakeoverMappingLocked,

    /// <summary>Its partition is repaired; the lock is held.</summary>
    TakeoverMappingRepaired,

    /// <summary>A gate of relations is taken over; nobody has been told that files may be gone.</summary>
    TakeoverGateTaken,

    /// <summary>All gates are free.</summary>
    TakeoverGatesFree,

    /// <summary>What a worker of the dead had taken is struck out; the worker is still there.</summary>
    TakeoverWorkerStruck,

    /// <summary>The workers of the dead have left; the queue's lock is held.</summary>
    TakeoverQueueHeld,

    /// <summary>The queue is as if they had never been there.</summary>
    TakeoverQueueFree,

    /// <summary>An operation is dealt with; others follow.</summary>
    TakeoverOperationDone,

    /// <summary>An operation that the dead executed is claimed, to be executed again.</summary>
    TakeoverReclaimed,

    /// <summary>The frames of an operation whose completer died are dealt with; it is not completed.</summary>
    TakeoverFramesEnded,

    /// <summary>An operation whose completer died is completed; its handle is not idle.</summary>
    TakeoverConcluded,

    /// <summary>A handle of the dead is idle; its fields are as they were.</summary>
    TakeoverEnded,

    /// <summary>A frame is frozen; others follow.</summary>
    TakeoverFrozen,

    /// <summary>The living are counted; all frames are frozen.</summary>
    TakeoverCounted,

    /// <summary>The locks of a frame are settled, its pins not.</summary>
    TakeoverLockSettled,

    /// <summary>A frame is settled; who waits for it has not been told.</summary>
    TakeoverSettled,

    /// <summary>A page is read again in place; the lock of the dead is still on it.</summary>
    TakeoverReadAgain,

    /// <summary>The records of a session are cleared; its slot is not free.</summary>
    TakeoverSessionCleared,

    /// <summary>Its slot is free.</summary>
    TakeoverSessionFree,

    /// <summary>All is done but the shares of the pool.</summary>
    TakeoverRun,

    /// <summary>All is done; the slot of the dead is not free.</summary>
    TakeoverFinished,

    /// <summary>The slot is free; the gate is held.</summary>
    TakeoverSlotFree,
}
