using System.Buffers;
using System.Runtime.InteropServices;

namespace Forebay.Comparison.Peers;

/// <summary>
/// Page-aligned memory outside the heap, as direct I/O wants it; on huge pages if asked for and to be had.
/// </summary>
internal sealed unsafe partial class AlignedMemory : MemoryManager<byte>
{
    private const int Alignment = 4096;
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    private readonly int _length;

    // SAFETY: allocated here, freed in Dispose; users are done by then.
    private void* _address;

    public AlignedMemory(int length, bool hugePages = false)
    {
        _length = length;
        nuint size = hugePages ? ((nuint)length + HugePage - 1) & ~(nuint)(HugePage - 1) : (nuint)length;
        _address = NativeMemory.AlignedAlloc(size, hugePages ? (nuint)HugePage : Alignment);
        if (hugePages)
            _ = Advise((nint)_address, size, AdviseHugePages); // advice: without it the pages are ordinary ones
        NativeMemory.Clear(_address, size);
    }

    public nint Address => (nint)_address;

    public override Span<byte> GetSpan() => new(_address, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_address + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.AlignedFree(_address);
        _address = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
