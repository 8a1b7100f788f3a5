using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>struct io_uring_rsrc_register: a table of files or buffers that may start empty.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceRegistration
{
    public const uint Sparse = 1 << 0;

    public uint Count;
    public uint Flags;
    public ulong Reserved;
    public ulong Data;
    public ulong Tags;
}
