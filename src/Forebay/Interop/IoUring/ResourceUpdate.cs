using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// struct io_uring_files_update, which is also struct io_uring_rsrc_update: new values for slots of a table. For
/// files Data is the address of the descriptors; for ring descriptors it is the descriptor itself.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceUpdate
{
    public const uint AnySlot = uint.MaxValue;

    public uint Offset;
    public uint Reserved;
    public ulong Data;
}
