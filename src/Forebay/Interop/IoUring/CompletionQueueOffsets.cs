using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>struct io_cqring_offsets: where in the ring mapping the parts of the completion queue lie.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionQueueOffsets
{
    public uint Head;
    public uint Tail;
    public uint RingMask;
    public uint RingEntries;
    public uint Overflow;
    public uint Entries;
    public uint Flags;
    public uint Reserved;
    public ulong UserAddress;
}
