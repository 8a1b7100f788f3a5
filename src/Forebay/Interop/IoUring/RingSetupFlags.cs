namespace Forebay.Interop.IoUring;

/// <summary>Flags of io_uring_setup (IORING_SETUP_*). After a name: the kernel version that brought it.</summary>
[Flags]
internal enum RingSetupFlags : uint
{
    None = 0,
    IoPoll = 1 << 0,              // 5.1
    SubmissionPoll = 1 << 1,      // 5.1
    SubmissionAffinity = 1 << 2,  // 5.1
    CompletionSize = 1 << 3,      // 5.5: the caller names the size of the completion queue
    Clamp = 1 << 4,               // 5.6: sizes over the kernel's limit are reduced and not refused
    AttachWorkers = 1 << 5,       // 5.6
    StartDisabled = 1 << 6,       // 5.10
    SubmitAll = 1 << 7,           // 5.18: a bad entry does not stop the batch
    CooperativeTaskRun = 1 << 8,  // 5.19
    TaskRunFlag = 1 << 9,         // 5.19
    Entry128 = 1 << 10,           // 5.19
    Completion32 = 1 << 11,       // 5.19
    SingleIssuer = 1 << 12,       // 6.0
    DeferTaskRun = 1 << 13,       // 6.1
    NoMemoryMap = 1 << 14,        // 6.5
    RegisteredDescriptorOnly = 1 << 15, // 6.5
    NoIndexArray = 1 << 16,       // 6.6: the kernel takes the entries in ring order
    HybridPoll = 1 << 17,         // 6.13
}
