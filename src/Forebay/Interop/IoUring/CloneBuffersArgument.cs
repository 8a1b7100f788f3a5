using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// struct io_uring_clone_buffers: take over another ring's registered buffers without pinning them again.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CloneBuffersArgument
{
    public uint SourceRing;
    public uint Flags;
    public uint SourceOffset;
    public uint DestinationOffset;
    public uint Count;
    public uint Reserved0;
    public uint Reserved1;
    public uint Reserved2;
}
