using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>struct io_uring_params: the request to io_uring_setup and its answer.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingParameters
{
    public uint SubmissionEntries;
    public uint CompletionEntries;
    public RingSetupFlags Flags;
    public uint SubmissionThreadProcessor;
    public uint SubmissionThreadIdle;
    public RingFeatures Features;
    public uint WorkersOfRing;
    public uint Reserved0;
    public uint Reserved1;
    public uint Reserved2;
    public SubmissionQueueOffsets SubmissionQueue;
    public CompletionQueueOffsets CompletionQueue;
}
