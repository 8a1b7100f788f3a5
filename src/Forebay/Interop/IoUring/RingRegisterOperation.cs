namespace Forebay.Interop.IoUring;

/// <summary>
/// What io_uring_register is asked to do (IORING_REGISTER_*). After a name: the kernel version that brought it.
/// </summary>
internal enum RingRegisterOperation : uint
{
    Buffers = 0,                  // 5.1
    UnregisterBuffers = 1,        // 5.1
    Files = 2,                    // 5.1
    UnregisterFiles = 3,          // 5.1
    EventFd = 4,                  // 5.2
    UnregisterEventFd = 5,        // 5.2
    FilesUpdate = 6,              // 5.5
    EventFdAsynchronous = 7,      // 5.6
    Probe = 8,                    // 5.6
    Personality = 9,              // 5.6
    UnregisterPersonality = 10,   // 5.6
    Restrictions = 11,            // 5.10
    EnableRings = 12,             // 5.10
    Files2 = 13,                  // 5.13
    FilesUpdate2 = 14,            // 5.13
    Buffers2 = 15,                // 5.13
    BuffersUpdate = 16,           // 5.13
    WorkerAffinity = 17,          // 5.14
    UnregisterWorkerAffinity = 18, // 5.14
    WorkersMax = 19,              // 5.15
    RingDescriptors = 20,         // 5.18
    UnregisterRingDescriptors = 21, // 5.18
    SynchronousCancel = 24,       // 6.0
    CloneBuffers = 30,            // 6.12
}
