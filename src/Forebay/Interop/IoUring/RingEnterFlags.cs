namespace Forebay.Interop.IoUring;

/// <summary>Flags of io_uring_enter (IORING_ENTER_*).</summary>
[Flags]
internal enum RingEnterFlags : uint
{
    None = 0,
    GetEvents = 1 << 0,           // wait for completions; also moves overflowed ones into the queue
    SubmissionWakeUp = 1 << 1,
    SubmissionWait = 1 << 2,
    ExtendedArgument = 1 << 3,    // 5.11: the last argument is a GetEventsArgument
    RegisteredRing = 1 << 4,      // 5.18: the ring is named by its registered index
    AbsoluteTimer = 1 << 5,       // 6.12
    ExtendedArgumentRegistered = 1 << 6, // 6.13
    NoIoWait = 1 << 7,            // 6.15
}
