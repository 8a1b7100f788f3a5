using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>struct io_sqring_offsets: where in the ring mapping the parts of the submission queue lie.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SubmissionQueueOffsets
{
    public uint Head;
    public uint Tail;
    public uint RingMask;
    public uint RingEntries;
    public uint Flags;
    public uint Dropped;
    public uint Array;
    public uint Reserved;
    public ulong UserAddress;
}
