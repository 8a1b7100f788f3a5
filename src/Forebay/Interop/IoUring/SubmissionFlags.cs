namespace Forebay.Interop.IoUring;

/// <summary>Flags of one submission entry (IOSQE_*).</summary>
[Flags]
internal enum SubmissionFlags : byte
{
    None = 0,
    FixedFile = 1 << 0,           // the file number is a slot of the registered table, not a descriptor
    Drain = 1 << 1,               // starts only after everything submitted before it has completed
    Link = 1 << 2,                // the next entry starts only after this one has succeeded
    HardLink = 1 << 3,            // as Link, but a failure does not break the chain
    Asynchronous = 1 << 4,        // goes to a kernel worker at once and never runs in the submitting thread
    BufferSelect = 1 << 5,
    SkipCompletionOnSuccess = 1 << 6, // 5.17
}
