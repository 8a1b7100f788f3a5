namespace Forebay.Interop.IoUring;

/// <summary>The word by which the kernel speaks to the submitter (IORING_SQ_*).</summary>
[Flags]
internal enum SubmissionQueueFlags : uint
{
    None = 0,
    NeedWakeUp = 1 << 0,
    CompletionOverflow = 1 << 1,  // completions wait inside the kernel: drain, then enter with GetEvents
    TaskRun = 1 << 2,
}
