using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// struct io_uring_cqe: how one request ended. What Ring hands out are copies; the slot in the queue is given back
/// to the kernel at once.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Completion(ulong UserData, int Result, uint Flags)
{
    /// <summary>The number that the request was submitted with.</summary>
    public ulong UserData { get; } = UserData;

    /// <summary>Bytes transferred (or what the operation returns), or the negated errno.</summary>
    public int Result { get; } = Result;

    /// <summary>IORING_CQE_F_*; zero for everything that a file does.</summary>
    public uint Flags { get; } = Flags;
}
