using System.Buffers;
using System.Runtime.InteropServices;

namespace Forebay.Comparison.Peers;

/// <summary>Page-aligned memory outside the heap, as direct I/O wants it.</summary>
internal sealed unsafe class AlignedMemory(int length) : MemoryManager<byte>
{
    private const int Alignment = 4096;

    // SAFETY: allocated here, freed in Dispose; users are done by then.
    private void* _address = NativeMemory.AlignedAlloc((nuint)length, Alignment);

    public nint Address => (nint)_address;

    public override Span<byte> GetSpan() => new(_address, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_address + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.AlignedFree(_address);
        _address = null;
    }
}
