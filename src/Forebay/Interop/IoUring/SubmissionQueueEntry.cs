using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// struct io_uring_sqe: one request as the kernel reads it. Fields that unions share carry the name of the use that
/// concerns files.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct SubmissionQueueEntry
{
    [FieldOffset(0)] public RingOperation Operation;
    [FieldOffset(1)] public SubmissionFlags Flags;
    [FieldOffset(2)] public ushort Priority;
    [FieldOffset(4)] public int File;
    [FieldOffset(8)] public ulong Offset;
    [FieldOffset(16)] public ulong Address;
    [FieldOffset(24)] public uint Length;
    [FieldOffset(28)] public uint OperationFlags;
    [FieldOffset(32)] public ulong UserData;
    [FieldOffset(40)] public ushort BufferIndex;
    [FieldOffset(42)] public ushort Personality;
    [FieldOffset(44)] public uint FileIndex;
    [FieldOffset(48)] public ulong Address3;
    [FieldOffset(56)] public ulong Reserved;
}
