using System.Runtime.InteropServices;

namespace Forebay.Interop;

/// <summary>Memory straight from the kernel: aligned, outside the collector's heap; anonymous, or a file's.</summary>
internal static class MemoryMap
{
    /// <summary>A transparent huge page.</summary>
    public const int HugePage = 2 << 20;

    private const int ProtectReadWrite = 0x1 | 0x2;
    private const int ProtectRead = 0x1;
    private const int ProtectNone = 0;
    private const int Shared = 0x01;
    private const int Private = 0x02;
    private const int Fixed = 0x10;
    private const int Anonymous = 0x20;
    private const int NoReserve = 0x4000;
    private const int DontFork = 10;
    private const int UseHugePages = 14;
    private const int Collapse = 25;

    /// <summary>
    /// Maps at least <paramref name="length"/> zeroed bytes aligned to <paramref name="alignment"/>, kept out of
    /// forked children (a child that ran between a direct read's start and its end could split the page away).
    /// </summary>
    /// <exception cref="InsufficientMemoryException">The kernel refused.</exception>
    public static (nint Address, nuint MappedLength) Allocate(nuint length, nuint alignment)
    {
        nuint total = length + alignment;
        nint raw = Libc.Map(0, total, ProtectReadWrite, Private | Anonymous | NoReserve, -1, 0);
        if (raw == -1)
        {
            Errno errno = (Errno)Marshal.GetLastPInvokeError();
            throw new InsufficientMemoryException($"Mapping {total} bytes failed: {ErrnoTable.Describe(errno)}.");
        }

        nint aligned = (nint)(((nuint)raw + alignment - 1) & ~(alignment - 1));
        nuint head = (nuint)(aligned - raw);
        if (head > 0)
            _ = Libc.Unmap(raw, head);
        nuint page = (nuint)Environment.SystemPageSize;
        nuint mapped = (length + page - 1) & ~(page - 1);
        nuint tail = total - head - mapped;
        if (tail >= page)
            _ = Libc.Unmap(aligned + (nint)mapped, tail);

        _ = Libc.AdviseMemory(aligned, mapped, DontFork); // advice: where the kernel lacks it, the memory still works
        return (aligned, mapped);
    }

    /// <summary>
    /// Maps a whole file, shared with everybody who maps it, aligned to <paramref name="alignment"/> and kept out of
    /// forked children. The file keeps at least that length for as long as anybody has it mapped: touching what is no
    /// longer there ends the process.
    /// </summary>
    /// <exception cref="InsufficientMemoryException">The kernel refused.</exception>
    public static (nint Address, nuint MappedLength) MapFile(
        int descriptor, nuint length, nuint alignment, bool readOnly, bool hugePages)
    {
        // A range of addresses first, of which the aligned part is then replaced by the file.
        nuint total = length + alignment;
        nint raw = Libc.Map(0, total, ProtectNone, Private | Anonymous | NoReserve, -1, 0);
        nint aligned = raw == -1 ? -1 : (nint)(((nuint)raw + alignment - 1) & ~(alignment - 1));
        int protection = readOnly ? ProtectRead : ProtectReadWrite;
        if (raw == -1 || Libc.Map(aligned, length, protection, Shared | Fixed, descriptor, 0) == -1)
        {
            Errno errno = (Errno)Marshal.GetLastPInvokeError();
            if (raw != -1)
                _ = Libc.Unmap(raw, total);
            throw new InsufficientMemoryException(
                $"Mapping {length} bytes of a file failed: {ErrnoTable.Describe(errno)}.");
        }

        nuint page = (nuint)Environment.SystemPageSize;
        nuint mapped = (length + page - 1) & ~(page - 1);
        nuint head = (nuint)(aligned - raw);
        if (head > 0)
            _ = Libc.Unmap(raw, head);
        if (total - head - mapped >= page)
            _ = Libc.Unmap(aligned + (nint)mapped, total - head - mapped);
        _ = Libc.AdviseMemory(aligned, mapped, DontFork);
        if (hugePages)
            _ = Libc.AdviseMemory(aligned, mapped, UseHugePages);
        return (aligned, mapped);
    }

    /// <summary>
    /// Asks for transparent huge pages in a part of a mapping: in those that the part begins in, fills or ends in, as
    /// far as the mapping goes. Advice: where the kernel has none, the memory still works.
    /// </summary>
    public static void AdviseHugePages(nint address, nuint mappedLength, long start, long end)
    {
        const long Mask = HugePage - 1;
        start &= ~Mask;
        end = Math.Min((end + Mask) & ~Mask, (long)mappedLength);
        if (start < end)
            _ = Libc.AdviseMemory(address + (nint)start, (nuint)(end - start), UseHugePages);
    }

    /// <summary>
    /// Moves a file's memory into huge pages where it is not there yet, for everybody who maps it (Linux 6.1 or later).
    /// The kernel does so for a file on tmpfs whatever is set for all of them. Advice, as above.
    /// </summary>
    public static void CollapseHugePages(nint address, nuint mappedLength) =>
        _ = Libc.AdviseMemory(address, mappedLength, Collapse);

    /// <summary>Gives memory of either way back; nobody, the kernel included, may still use it.</summary>
    public static void Free(nint address, nuint mappedLength) => _ = Libc.Unmap(address, mappedLength);
}
