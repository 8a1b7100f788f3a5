namespace Forebay.Interop.IoUring;

/// <summary>
/// What io_uring_setup reports about the kernel (IORING_FEAT_*). After a name: the kernel version that brought it.
/// </summary>
[Flags]
internal enum RingFeatures : uint
{
    None = 0,
    SingleMemoryMap = 1 << 0,     // 5.4: both queues lie in one mapping
    NoDrop = 1 << 1,              // 5.5: completions that do not fit are kept by the kernel
    SubmitStable = 1 << 2,        // 5.5: what an entry points to may change once the kernel has consumed the entry
    CurrentPosition = 1 << 3,     // 5.6
    CurrentPersonality = 1 << 4,  // 5.6
    FastPoll = 1 << 5,            // 5.7
    Poll32Bits = 1 << 6,          // 5.9
    SubmissionPollAnyFile = 1 << 7, // 5.11
    ExtendedArgument = 1 << 8,    // 5.11: io_uring_enter takes a timeout
    NativeWorkers = 1 << 9,       // 5.12
    ResourceTags = 1 << 10,       // 5.13
    CompletionSkip = 1 << 11,     // 5.17
    LinkedFile = 1 << 12,         // 5.17
    RegisterByRegisteredRing = 1 << 13, // 6.3
    SendReceiveBundle = 1 << 14,  // 6.10
    MinimumTimeout = 1 << 15,     // 6.12
    ReadWriteAttributes = 1 << 16, // 6.14
    NoIoWait = 1 << 17,           // 6.15
}
