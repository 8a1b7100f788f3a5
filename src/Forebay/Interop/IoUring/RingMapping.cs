using System.Runtime.InteropServices;

namespace Forebay.Interop.IoUring;

/// <summary>
/// A piece of memory that belongs to one ring: mapped from its descriptor, or anonymous. Kept out of forked children,
/// where a copy of the queues could only do harm.
/// </summary>
// SAFETY: the mapping is `_length` bytes long and lives until the handle is released, by its one owner, the ring.
internal sealed unsafe class RingMapping : SafeHandle
{
    private const int ProtectReadWrite = 0x1 | 0x2;
    private const int Shared = 0x01;
    private const int Private = 0x02;
    private const int Anonymous = 0x20;
    private const int NoReserve = 0x4000;
    private const int Populate = 0x8000;
    private const int DoNotFork = 10;

    private readonly nuint _length;

    private RingMapping(nint address, nuint length)
        : base(-1, ownsHandle: true)
    {
        _length = length;
        SetHandle(address);
    }

    public override bool IsInvalid => handle is -1 or 0;

    public byte* Start => (byte*)handle;

    /// <summary>Maps a part of the ring. Returns zero, or the negated errno.</summary>
    public static int Map(int ring, nuint length, long offset, out RingMapping? mapping) =>
        Create(length, Shared | Populate, ring, offset, out mapping);

    /// <summary>
    /// Zeroed memory that takes physical pages only where it is touched. Returns zero, or the negated errno.
    /// </summary>
    public static int Allocate(nuint length, out RingMapping? mapping) =>
        Create(length, Private | Anonymous | NoReserve, -1, 0, out mapping);

    protected override bool ReleaseHandle() => Libc.Unmap(handle, _length) == 0;

    private static int Create(nuint length, int flags, int descriptor, long offset, out RingMapping? mapping)
    {
        mapping = null;
        nint address = Libc.Map(0, length, ProtectReadWrite, flags, descriptor, offset);
        if (address == -1)
            return -Marshal.GetLastPInvokeError();
        mapping = new RingMapping(address, length);

        // Advice: a kernel that refuses it leaves the mapping as good as it is for this process.
        _ = Libc.AdviseMemory(address, length, DoNotFork);
        return 0;
    }
}
