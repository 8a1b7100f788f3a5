namespace Forebay.Interop.IoUring;

/// <summary>The word by which the application speaks to the kernel about completions (IORING_CQ_*).</summary>
[Flags]
internal enum CompletionQueueFlags : uint
{
    None = 0,
    EventFdDisabled = 1 << 0,
}
